# frozen_string_literal: true

# The child of the bare pipe: parses a line, answers with a line.
require "json"

$stdout.sync = true
while (line = $stdin.gets)
  request = JSON.parse(line)
  $stdout.write(JSON.generate({ jsonrpc: "2.0", id: request["id"], result: { results: nil } }) << "\n")
end
