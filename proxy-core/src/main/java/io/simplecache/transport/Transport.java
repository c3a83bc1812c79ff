package io.simplecache.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/** A way to do input and output, with the channel classes that go with it. */
public enum Transport {
  /** Linux, system calls in batches through a ring. */
  IO_URING {
    @Override
    public boolean isAvailable() {
      return IoUring.isAvailable();
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
      return IoUringIoHandler.newFactory();
    }

    @Override
    public Class<? extends ServerSocketChannel> serverChannel() {
      return IoUringServerSocketChannel.class;
    }

    @Override
    public Class<? extends SocketChannel> socketChannel() {
      return IoUringSocketChannel.class;
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannel() {
      return IoUringDatagramChannel.class;
    }
  },

  /** Linux. */
  EPOLL {
    @Override
    public boolean isAvailable() {
      return Epoll.isAvailable();
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
      return EpollIoHandler.newFactory();
    }

    @Override
    public Class<? extends ServerSocketChannel> serverChannel() {
      return EpollServerSocketChannel.class;
    }

    @Override
    public Class<? extends SocketChannel> socketChannel() {
      return EpollSocketChannel.class;
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannel() {
      return EpollDatagramChannel.class;
    }
  },

  /** The JDK's, everywhere. */
  NIO {
    @Override
    public boolean isAvailable() {
      return true;
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
      return NioIoHandler.newFactory();
    }

    @Override
    public Class<? extends ServerSocketChannel> serverChannel() {
      return NioServerSocketChannel.class;
    }

    @Override
    public Class<? extends SocketChannel> socketChannel() {
      return NioSocketChannel.class;
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannel() {
      return NioDatagramChannel.class;
    }
  };

  /** Returns whether this machine has it. */
  public abstract boolean isAvailable();

  /** Returns what a {@code MultiThreadIoEventLoopGroup} is made with. */
  public abstract IoHandlerFactory newHandlerFactory();

  /** Returns the class of listening channels. */
  public abstract Class<? extends ServerSocketChannel> serverChannel();

  /** Returns the class of TCP channels. */
  public abstract Class<? extends SocketChannel> socketChannel();

  /** Returns the class of UDP channels. */
  public abstract Class<? extends DatagramChannel> datagramChannel();

  /** Returns the transport of an event loop that somebody else made. */
  public static Transport of(EventLoop loop) {
    if (loop instanceof IoEventLoopGroup io) {
      if (io.isIoType(EpollIoHandler.class)) {
        return EPOLL;
      }
      if (io.isIoType(IoUringIoHandler.class)) {
        return IO_URING;
      }
    }
    return NIO;
  }
}
