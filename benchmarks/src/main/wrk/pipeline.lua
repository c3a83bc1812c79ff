-- So many requests in one write: wrk ... -- PIPELINED
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

function init(args)
  local one = wrk.format()
  batch = string.rep(one, tonumber(args[1]))
end

function request()
  return batch
end
