-- Accounts for a Dovecot of the test bed, one small file each, read anew at every lookup: what was written is true
-- for the very next login (a passwd-file is looked at once a second only).
--
-- Lines of a file: `active N`, `quota BYTES`, `password PROTOCOLS {SCHEME}HASH` (several: app passwords).
-- active: 1 all; 2 mail is received and the master user gets in, the user does not; 0 the account does not exist.

-- dovecot.ts puts lines before this file: `local directory = "..."`, `local drops_unknown = true` or `false`.

local function read(address)
  local name = string.gsub(address, "[^%w@._+-]", function(character)
    return string.format("%%%02X", string.byte(character))
  end)
  if name == "" or string.sub(name, 1, 1) == "." then
    return nil
  end
  local file = io.open(directory .. "/" .. name, "r")
  if file == nil then
    return nil
  end
  local account = { active = 1, quota = 0, passwords = {} }
  for line in file:lines() do
    local key, rest = string.match(line, "^(%l+) (.*)$")
    if key == "active" or key == "quota" then
      account[key] = tonumber(rest)
    elseif key == "password" then
      local protocols, hash = string.match(rest, "^(%S*) (.*)$")
      table.insert(account.passwords, { protocols = protocols, hash = hash })
    end
  end
  file:close()
  return account
end

local function allows(protocols, service)
  return string.find("," .. protocols .. ",", "," .. service .. ",", 1, true) ~= nil
end

-- Dovecot calls its ManageSieve service "sieve".
function auth_password_verify(request, password)
  local account = read(request.user)
  if account == nil or account.active == 0 then
    return dovecot.auth.PASSDB_RESULT_USER_UNKNOWN, "unknown account"
  end
  if request.skip_password_check then
    return dovecot.auth.PASSDB_RESULT_OK, {}
  end
  if account.active == 1 then
    for _, entry in ipairs(account.passwords) do
      if allows(entry.protocols, request.service) and request:password_verify(entry.hash, password) == 1 then
        return dovecot.auth.PASSDB_RESULT_OK, {}
      end
    end
  end
  return dovecot.auth.PASSDB_RESULT_PASSWORD_MISMATCH, "wrong password"
end

function auth_userdb_lookup(request)
  local account = read(request.user)
  if account == nil or account.active == 0 then
    local service = request.service
    if drops_unknown and (service == "imap" or service == "pop3" or service == "sieve") then
      -- A login has a mechanism. Without one a mail process asks, for the owner of a shared folder.
      if request.mech == nil or request.mech == "" then
        return dovecot.auth.USERDB_RESULT_INTERNAL_FAILURE, "unknown account"
      end
      -- Only the master user gets this far. mailcow drops that connection without an answer; the mail process that
      -- cannot enter this folder does the same.
      return dovecot.auth.USERDB_RESULT_OK, { chroot = "/nonexistent" }
    end
    return dovecot.auth.USERDB_RESULT_USER_UNKNOWN, "unknown account"
  end
  local fields = {}
  if account.quota > 0 then
    fields.quota_rule = string.format("*:bytes=%d", account.quota)
  end
  return dovecot.auth.USERDB_RESULT_OK, fields
end

function auth_userdb_iterate()
  local addresses = {}
  local index = io.open(directory .. "/.index", "r")
  if index ~= nil then
    for line in index:lines() do
      table.insert(addresses, line)
    end
    index:close()
  end
  return addresses
end
