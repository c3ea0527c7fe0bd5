# frozen_string_literal: true

# A server in this process, on two pipes: all messages go in, the input ends, all answers come out.
class InProcess
  def self.converse(*messages, **options)
    new(*messages, **options).answers
  end

  attr_reader :answers

  def initialize(*messages, chunk: nil)
    lines = messages.map do |message|
      message.is_a?(String) ? "#{message}\n" : "#{JSON.generate({ "jsonrpc" => "2.0" }.merge(message))}\n"
    end
    @bytes = lines.join.b
    @chunk = chunk || [@bytes.bytesize, 1].max
    @answers = run
  end

  private

  def run
    input, feed = IO.pipe
    output, answers = IO.pipe
    reader = Thread.new { output.read }
    writer = Thread.new { feed_all(feed) }
    before = trap("URG", "DEFAULT")
    TaskerCore::Runner::Server.new(TaskerCore::Runner::Wire.new(input, answers)).serve
    answers.close
    writer.join
    reader.value.force_encoding(Encoding::UTF_8).lines.map { |line| JSON.parse(line, max_nesting: 300) }
  ensure
    trap("URG", before || "DEFAULT")
    [input, output].each(&:close)
  end

  def feed_all(feed)
    @bytes.bytesize.fdiv(@chunk).ceil.times { |index| feed.syswrite(@bytes.byteslice(index * @chunk, @chunk)) }
  rescue Errno::EPIPE
    nil # the server ended before it read everything
  ensure
    feed.close
  end
end

# Handler files for one test.
module HandlerFiles
  def handlers(files)
    Dir.mktmpdir do |folder|
      files.each do |name, source|
        path = File.join(folder, name)
        FileUtils.mkdir_p(File.dirname(path))
        File.write(path, source)
      end
      yield folder
    end
  end

  def hello(*paths, **params)
    { "id" => 1, "method" => "initialize",
      "params" => { "protocol_versions" => [1], "handlers" => paths }.merge(params.transform_keys(&:to_s)) }
  end
end
