-- resilient: state that replicas share. Layout 1, script 1.
--
-- One operation on the state of one scope, as the model does it (`sharing/model`), with the same
-- operations on floats in the same order. A change of the hashes, or of what a number in them
-- means, takes another number of the layout, in the keys too: two versions of the library then run
-- side by side without sharing. A change of the arguments or of the answer does not.
--
-- KEYS: the hashes of the state, of the replicas and of the caps, in one slot.
-- ARGV: numbers in the order in which they are taken below; -1 is none.
-- Times are microseconds; each key lives for ten minutes longer than its latest time.

local floor, ceil, max, min, abs = math.floor, math.ceil, math.max, math.min, math.abs
local SECOND = 1e6
local ALIVE = 10 * SECOND
local LONGEST_LINE = 60 * SECOND
local SAME_BREAK = 0.25 * SECOND
local TURN = 5 * SECOND
local REFILL = SECOND / 100
local LARGEST = 9007199254740992
-- No time that this script has written is further ahead: those of caps, those of pauses, breaks
-- and probes, and that of a quota.
local HORIZON = 1000 * 86400 * SECOND
local LONGEST_PAUSE = 86400 * SECOND
local LONGEST_RESET = 3600 * SECOND
local KEPT = 600000

local taken = 0
local function take()
  taken = taken + 1
  return ARGV[taken]
end
local function number()
  return tonumber(take())
end
local function flag()
  return take() == '1'
end
local function bucket()
  local interval, window, period = number(), number(), number()
  if interval > 0 then
    return { interval = interval, window = window, period = period }
  end
end
local function reading()
  local left, resets = number(), number()
  if left >= 0 then
    return { left = left, resets = resets }
  end
end
-- The most frequent number takes no time.
local format = string.format
local function text(value)
  if value == 0 then
    return '0'
  end
  return format('%.17g', value)
end
-- A number of a hash, or 0 if something else has written there.
local function stored(value, least, most)
  local n = tonumber(value or 0)
  if n and n >= least and n <= most then
    return n
  end
  return 0
end

local operation, me = take(), take()
local limit_requests, limit_tokens = bucket(), bucket()
local permits = number()
local used_requests, used_tokens, pause = number(), number(), number()
local requests_left, tokens_left = reading(), reading()
local held, wanted = number(), number()
local has_calls, break_left, is_for_all = flag(), number(), flag()
local closes, reopens, unused_probes = number(), number(), number()
local probes, probe_timeout = number(), number()
local most_missing, own_missing, change_of_missing = number(), number(), number()

-- The state, and its time, which does not go back.
local fields = redis.call('HMGET', KEYS[1], 'at', 'offset', 'requests', 'tokens', 'paused',
  'blocked', 'version', 'open', 'until', 'missing',
  'born')
local is_first = not fields[1]
local time = redis.call('TIME')
local clock = tonumber(time[1]) * 1e6 + tonumber(time[2])
local at, offset = stored(fields[1], 0, LARGEST), stored(fields[2], -LARGEST, LARGEST)
local now = clock + offset
if now < at then
  offset = at - clock
  now = at
end
local function stored_time(value)
  return stored(value, 0, now + HORIZON)
end
local function stored_pause(value)
  return stored(value, 0, now + LONGEST_PAUSE)
end
local requests, tokens = stored_time(fields[3]), stored_time(fields[4])
local paused, blocked = stored_pause(fields[5]), stored(fields[6], 0, now + LONGEST_RESET)
local version, is_open = stored(fields[7], 0, LARGEST), fields[8] == '1'
local break_until, missing = stored_pause(fields[9]), stored(fields[10], 0, LARGEST)
local born = stored(fields[11], 0, LARGEST)
if is_first then
  version = floor(now / 1e3)
  born = version
end

-- The replicas that are alive. A row is read when it is needed.
local rows, ids, dead = {}, {}, {}
local flat = redis.call('HGETALL', KEYS[2])
for i = 1, #flat, 2 do
  local beat = tonumber(string.match(flat[i + 1], '^%S+'))
  -- Without the state, also what the replicas have told of it is lost: each tells it again.
  if not is_first and beat and beat <= now and now - beat <= ALIVE then
    rows[flat[i]] = flat[i + 1]
    if flat[i] ~= me then
      ids[#ids + 1] = flat[i]
    end
  else
    dead[#dead + 1] = flat[i]
  end
end
local function replica(id)
  local part = string.gmatch(rows[id] or '', '%S+')
  local beat = stored_time(part())
  return {
    beat = beat,
    held = stored(part(), 0, LARGEST),
    wanted = stored(part(), 0, LARGEST),
    given = stored(part(), 0, LARGEST),
    has_calls = part() == '1',
    vote = stored_pause(part()),
    vote_version = stored(part(), 0, LARGEST),
    leases = stored(part(), 0, LARGEST),
    leases_until = stored_pause(part()),
    leases_version = stored(part(), 0, LARGEST),
    target = stored(part(), 0, LARGEST),
  }
end
local is_new = not rows[me]
local own = replica(me)
if not rows[me] then
  own.given, own.target = held, held
end
own.held, own.wanted = held, wanted

-- Limits: settlement and readings.
local function latest(limit)
  return now + limit.window + limit.period + LONGEST_LINE
end
local function settle(limit, full, used, left)
  full = min(full, latest(limit))
  local duration = used * limit.interval
  if used > 0 then
    full = min(max(full, now) + duration, latest(limit))
  elseif used < 0 then
    full = max(now, full + duration)
  end
  if left and left.left > 0 then
    full = max(full, now + (limit.window - left.left * limit.interval))
  end
  return full
end
if limit_requests then
  requests = settle(limit_requests, requests, used_requests, requests_left)
end
if limit_tokens then
  tokens = settle(limit_tokens, tokens, used_tokens, tokens_left)
end
if pause > 0 then
  paused = max(paused, now + pause)
end
if requests_left and requests_left.left <= 0 then
  blocked = max(blocked, now + requests_left.resets)
end
if tokens_left and tokens_left.left <= 0 then
  blocked = max(blocked, now + tokens_left.resets)
end

-- The circuit.
local function votes(row)
  return row.vote > now and row.vote_version == version
end
own.has_calls = has_calls or break_left > 0
own.leases_until = min(own.leases_until, now + probe_timeout)
if own.leases_version == version then
  own.leases = max(own.leases - unused_probes, 0)
end
if is_open and closes == version then
  is_open = false
  version = version + 1
  break_until = 0
elseif is_open and reopens == version then
  version = version + 1
  break_until = now + break_left
end
if reopens < 0 and break_left > 0 then
  local vote = now + break_left
  if abs(vote - own.vote) > SAME_BREAK then
    own.vote_version = version
  end
  own.vote = vote
else
  own.vote = 0
end
if not is_open and votes(own) then
  local count, judges, ends = 1, 1, own.vote
  for i = 1, #ids do
    local other = replica(ids[i])
    if votes(other) then
      count = count + 1
      judges = judges + 1
      ends = max(ends, other.vote)
    elseif other.has_calls then
      judges = judges + 1
    end
  end
  if is_for_all or #ids == 0 or (count >= 2 and count * 2 >= judges) then
    is_open = true
    version = version + 1
    break_until = ends
  end
end

-- Caps.
local totals = {}
local windows, window_fields, ended, caps_end = {}, {}, {}, now
local caps = number()
if caps > 0 then
  local entries = redis.call('HGETALL', KEYS[3])
  for i = 1, #entries, 2 do
    local part = string.gmatch(entries[i + 1], '%S+')
    local count, ends = stored(part(), 0, LARGEST), stored_time(part())
    if ends >= now then
      windows[entries[i]] = { used = count, ends = ends }
      caps_end = max(caps_end, ends)
    else
      ended[#ended + 1] = entries[i]
    end
  end
  for i = 1, caps do
    local name, ends, change, known = take(), number(), number(), number()
    local window = windows[name]
    if is_new or not window then
      -- It may have been lost.
      window = window or { used = 0, ends = 0 }
      window.used = max(window.used, known)
    end
    windows[name] = window
    window.used = max(min(window.used + change, LARGEST), 0)
    window.ends = max(window.ends, now + ends)
    caps_end = max(caps_end, window.ends)
    totals[i] = window.used
    window_fields[#window_fields + 1] = name
    window_fields[#window_fields + 1] = text(window.used) .. ' ' .. text(window.ends)
  end
end

-- The retry budget. One of a state that was lost is that of the replica.
if not is_first then
  missing = max(missing - (now - at) / REFILL, 0)
end
if most_missing >= 0 then
  if is_first then
    missing = min(own_missing, most_missing)
  else
    missing = max(min(missing + change_of_missing, most_missing), 0)
  end
end

-- The operation.
local refused, probe_wait, waits = -1, -1, {}
if operation == 'order' then
  local longest, places = number(), number()
  longest = min(longest, LONGEST_LINE)
  local begin = max(max(now, paused), blocked)
  local function earliest(limit, full, units)
    return full + min(units * limit.interval, limit.window) - limit.window
  end
  local function taking(limit, full, units, start)
    return min(max(full, start) + units * limit.interval, latest(limit))
  end
  for i = 1, places do
    local cost = number()
    local start = begin
    if limit_requests then
      start = max(start, earliest(limit_requests, requests, 1))
    end
    if limit_tokens then
      start = max(start, earliest(limit_tokens, tokens, cost))
    end
    local wait = start - now
    if wait > longest then
      refused = wait
      break
    end
    waits[i] = wait
    if limit_requests then
      requests = taking(limit_requests, requests, 1, start)
    end
    if limit_tokens then
      tokens = taking(limit_tokens, tokens, cost, start)
    end
  end
elseif operation == 'beat' then
  if permits < 0 then
    own.given, own.target = 0, 0
  else
    local needs, others = { { id = me, need = own.held + own.wanted } }, 0
    for i = 1, #ids do
      local other = replica(ids[i])
      needs[i + 1] = { id = ids[i], need = other.held + other.wanted }
      others = others + max(other.given, other.held)
    end
    -- Of the same length, with digits and small letters: in the order of the numbers.
    table.sort(needs, function(a, b) return a.id < b.id end)
    local count, turn = #needs, floor(now / TURN)
    for i = 1, count do
      needs[i].turn = (i - 1 + turn) % count
    end
    table.sort(needs, function(a, b)
      if a.need ~= b.need then
        return a.need < b.need
      end
      return a.turn < b.turn
    end)
    local rest, left, target = permits, count, 0
    for i = 1, count do
      local share = min(needs[i].need, floor(rest / left))
      rest = rest - share
      left = left - 1
      if needs[i].id == me then
        target = share
      end
    end
    own.target = max(min(target + floor(rest / count), permits - others), 0)
    own.given = max(own.held, own.target)
  end
elseif operation == 'probe' then
  if not is_open then
    probe_wait = 0
  elseif now < break_until then
    probe_wait = break_until - now
  else
    if not (own.leases_version == version and own.leases_until > now) then
      own.leases = 0
    end
    local leases, wait = own.leases, SECOND
    if own.leases > 0 then
      wait = min(wait, own.leases_until - now)
    end
    for i = 1, #ids do
      local other = replica(ids[i])
      if other.leases_version == version and other.leases_until > now and other.leases > 0 then
        leases = leases + other.leases
        wait = min(wait, other.leases_until - now)
      end
    end
    if leases >= probes then
      probe_wait = wait
    else
      own.leases = own.leases + 1
      own.leases_until = now + probe_timeout
      own.leases_version = version
    end
  end
end

-- Writes. The first one fails if the server takes none, and then nothing is written.
redis.call('HSET', KEYS[1], 'at', text(now), 'offset', text(offset), 'requests', text(requests),
  'tokens', text(tokens), 'paused', text(paused), 'blocked', text(blocked), 'version',
  text(version), 'open', is_open and '1' or '0', 'until', text(break_until), 'missing', text(missing), 'born',
  text(born))
local is_full = now + min(missing * REFILL, HORIZON)
local ends = max(now, requests, tokens, paused, blocked, break_until, is_full)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ceil((ends - now) / 1e3) + KEPT))
redis.call('HSET', KEYS[2], me, table.concat({ text(now), text(own.held), text(own.wanted),
  text(own.given), own.has_calls and '1' or '0', text(own.vote), text(own.vote_version),
  text(own.leases), text(own.leases_until), text(own.leases_version), text(own.target) }, ' '))
redis.call('PEXPIRE', KEYS[2], KEPT)
for i = 1, #dead do
  if dead[i] ~= me then
    redis.call('HDEL', KEYS[2], dead[i])
  end
end
if caps > 0 then
  for i = 1, #window_fields, 2 do
    redis.call('HSET', KEYS[3], window_fields[i], window_fields[i + 1])
  end
  for i = 1, #ended do
    if not windows[ended[i]] then
      redis.call('HDEL', KEYS[3], ended[i])
    end
  end
  redis.call('PEXPIRE', KEYS[3], string.format('%.0f', ceil((caps_end - now) / 1e3) + KEPT))
end

-- The answer, in the order in which it is read.
local answer = { is_new and '1' or '0', text(born), text(#ids + 1), text(max(paused - now, 0)),
  permits < 0 and '-1' or text(own.target), text(version),
  is_open and text(max(break_until - now, 0)) or '-1', text(missing), text(refused),
  text(probe_wait), text(#totals), text(#waits) }
for i = 1, #totals do
  answer[#answer + 1] = text(totals[i])
end
for i = 1, #waits do
  answer[#answer + 1] = text(waits[i])
end
return table.concat(answer, ' ')
