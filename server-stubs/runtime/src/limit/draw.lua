-- Draws from the buckets of an organisation and of a token, from both or from none: what
-- Limits::draw says in Rust, to the last digit. All numbers are whole and below 2^53.
-- KEYS: the two buckets. ARGV: now in milliseconds, cost, then per_minute and room of each.
local REQUEST = 60000
-- Buckets outlive their filling up by a minute, for nodes whose clocks are behind.
local SLACK = 60000

local function ceil_div(a, b)
  local rest = a % b
  if rest == 0 then return a / b end
  return (a - rest) / b + 1
end

local function level(key)
  local kept = redis.call('GET', key)
  if not kept then return { missing = 0, at = 0 } end
  local missing, at = string.match(kept, '^(%d+):(%d+)$')
  return { missing = tonumber(missing), at = tonumber(at) }
end

local function draw(from, rate, room, now, cost)
  local taken = math.min(cost * REQUEST, room * REQUEST)
  local at = math.max(now, from.at)
  local missing = math.max(from.missing - (at - from.at) * rate, 0)
  local over = missing + taken - room * REQUEST
  local wait = 0
  if over > 0 then
    wait = ceil_div(over, rate) + (at - now)
  else
    missing = missing + taken
  end
  return { missing = missing, at = at, rate = rate }, wait
end

local now, cost = tonumber(ARGV[1]), tonumber(ARGV[2])
local function both(amount)
  local drawn, longest = {}, 0
  for index, key in ipairs(KEYS) do
    local rate, room = tonumber(ARGV[index * 2 + 1]), tonumber(ARGV[index * 2 + 2])
    local wait
    drawn[index], wait = draw(level(key), rate, room, now, amount)
    longest = math.max(longest, wait)
  end
  return drawn, longest
end

local drawn, wait = both(cost)
if wait > 0 then drawn = both(0) end
for index, key in ipairs(KEYS) do
  local bucket = drawn[index]
  local kept = string.format('%.0f:%.0f', bucket.missing, bucket.at)
  local lasts = ceil_div(bucket.missing, bucket.rate) + SLACK
  redis.call('SET', key, kept, 'PX', string.format('%.0f', lasts))
end
return { drawn[1].missing, drawn[1].at, drawn[2].missing, drawn[2].at, wait }
