# frozen_string_literal: true

require "socket"

# A server for API handlers: /status/N answers with that status, /echo with the request, /pages?cursor=N with a page, and
# /hang never.
class HttpServer
  def self.open
    server = new
    yield server
  ensure
    server&.close
  end

  # Each as [request line without version, headers, body].
  attr_reader :requests, :url

  def initialize
    @server = TCPServer.new("127.0.0.1", 0)
    @url = "http://127.0.0.1:#{@server.addr[1]}"
    @requests = []
    @thread = Thread.new { loop { Thread.new(@server.accept) { |client| serve(client) } } }
    @thread.report_on_exception = false
  end

  def close
    @thread.kill
    @server.close
  end

  private

  def serve(client)
    line = client.gets.to_s.split.first(2).join(" ")
    headers = {}
    while (text = client.gets.chomp) != ""
      name, value = text.split(": ", 2)
      headers[name.downcase] = value
    end
    body = client.read(headers["content-length"].to_i)
    @requests << [line, headers, body]
    client.write(answer(line, headers, body)) unless line.include?("/hang")
    sleep if line.include?("/hang")
  ensure
    client.close
  end

  def answer(line, headers, body)
    case line
    when %r{/status/(\d+)} then response(Regexp.last_match(1).to_i, { status: Regexp.last_match(1).to_i }, "Retry-After: 7\r\n")
    when %r{/text} then response(200, "plain", "", type: "text/plain")
    when %r{/broken} then response(200, "{", "")
    when %r{/pages} then response(200, page(line[/cursor=(\d+)/, 1].to_i))
    else response(200, { request: line, headers: headers, body: body.dup.force_encoding("UTF-8").scrub })
    end
  end

  def page(number)
    { items: [number], next_cursor: number < 2 ? number + 1 : nil }
  end

  def response(status, data, more = "", type: "application/json; charset=utf-8")
    text = data.is_a?(String) ? data : JSON.generate(data)
    "HTTP/1.1 #{status} X\r\nContent-Type: #{type}\r\n#{more}Content-Length: #{text.bytesize}\r\nConnection: close\r\n\r\n#{text}"
  end
end
