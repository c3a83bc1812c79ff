-- A key that nobody has asked for before, each time: wrk ... -- PREFIX
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

function init(args)
  prefix = args[1]
  count = 0
  host = wrk.headers["Host"]
end

function request()
  count = count + 1
  return "GET " .. prefix .. count .. " HTTP/1.1\r\nHost: " .. host .. "\r\n\r\n"
end
