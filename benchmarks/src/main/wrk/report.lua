-- Prints one line that a program can read, when wrk is done: times in microseconds.
function done(summary, latency)
  local e = summary.errors
  print(string.format(
    "RESULT requests=%d micros=%d bytes=%d failed=%d status=%d p50=%d p99=%d p999=%d max=%d",
    summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.timeout, e.status,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max))
end
