-- Keys drawn by Zipf's law (exponent 1), from a table made beforehand: wrk ... -- PREFIX KEYS SUFFIX
-- Every run asks for the same keys in the same order.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

local DRAWS = 65536

function init(args)
  local prefix, keys, suffix = args[1], tonumber(args[2]), args[3]
  local cumulative, sum = {}, 0
  for key = 1, keys do
    sum = sum + 1 / key
    cumulative[key] = sum
  end
  math.randomseed(42)
  draws = {}
  for i = 1, DRAWS do
    local point, low, high = math.random() * sum, 1, keys
    while low < high do
      local middle = math.floor((low + high) / 2)
      if cumulative[middle] < point then low = middle + 1 else high = middle end
    end
    draws[i] = wrk.format("GET", prefix .. (low - 1) .. suffix)
  end
  next_draw = 0
end

function request()
  next_draw = next_draw % DRAWS + 1
  return draws[next_draw]
end
