# frozen_string_literal: true

require_relative "test_helper"
require_relative "support/transcripts"

# Plays the engine's half of every golden transcript against the real process.
class TranscriptsTest < Minitest::Test
  Dir[File.join(TranscriptWriter::FOLDER, "*.jsonl")].sort.each do |path|
    define_method("test_#{File.basename(path, ".jsonl")}") { play(path) }
  end

  def test_the_files_are_what_their_source_says
    TranscriptWriter.files.each do |name, text|
      assert_equal text, File.read(File.join(TranscriptWriter::FOLDER, "#{name}.jsonl"), encoding: "UTF-8"), name
    end
  end

  private

  def play(path)
    head, *lines = File.readlines(path, encoding: "UTF-8").map { |line| JSON.parse(line) }
    RunnerProcess.open do |runner|
      lines.each_with_index do |line, index|
        turn(runner, line, "#{File.basename(path)}:#{index + 2}, #{head["about"]}")
      end
    end
  end

  def turn(runner, line, where)
    line["from"] == "engine" ? act(runner, line) : expect(runner, line, where)
  end

  def act(runner, line)
    if line["eof"] then runner.close_input
    elsif line["nudge"] then runner.signal("URG")
    else
      runner.send_line(line["raw"] || JSON.generate(with_absolute_handlers(line["message"])))
    end
  end

  def expect(runner, line, where)
    return assert_equal(line["exit"], runner.wait.exitstatus, where) if line.key?("exit")

    actual = with_base_names(runner.read)
    expected = line["message"]
    (line["ignore"] || []).each { |path| ignore(path, expected, actual, where) }
    assert_equal expected, actual, where
  end

  def with_absolute_handlers(message)
    return message unless message["method"] == "initialize"

    params = message["params"]
    paths = params["handlers"].map { |handler| File.join(TranscriptWriter::FOLDER, handler) }
    message.merge("params" => params.merge("handlers" => paths))
  end

  def with_base_names(message)
    message.dig("result", "handlers")&.each { |handler| handler["file"] = File.basename(handler["file"]) }
    data = message.dig("error", "data")
    data["file"] = File.basename(data["file"]) if data.is_a?(Hash) && data["file"]
    message
  end

  def ignore(path, expected, actual, where)
    *parents, key = path.delete_suffix("?").split(".")
    found = parents.empty? ? actual : actual.dig(*parents)
    assert found.is_a?(Hash) && found.key?(key), "#{where}: #{path} is missing in #{actual}" unless path.end_with?("?")
    [expected, actual].each { |message| message.dig(*parents)&.delete(key) }
  end
end
