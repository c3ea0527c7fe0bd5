# frozen_string_literal: true

require_relative "../test_helper"

class InboxTest < Minitest::Test
  Inbox = TaskerCore::Runner::Inbox

  def test_a_line_over_the_cap_leaves_a_mark_and_the_next_one_is_whole
    inbox = Inbox.new(4)
    inbox << "12345\n" << "ok\n"
    assert_equal [Inbox::OVERSIZED, "ok"], inbox.entries
  end

  def test_a_line_over_the_cap_is_dropped_while_it_arrives
    inbox = Inbox.new(4)
    inbox << "123" << "456" << "789"
    assert_empty inbox.partial
    inbox << "0\nok\n"
    assert_equal [Inbox::OVERSIZED, "ok"], inbox.entries
  end

  def test_a_line_of_exactly_the_cap_passes
    inbox = Inbox.new(4)
    inbox << "1234\n"
    assert_equal ["1234"], inbox.entries
  end

  def test_blank_lines_are_no_messages
    inbox = Inbox.new(100)
    inbox << "\n\r\n \t\n{}\n"
    assert_equal ["{}"], inbox.entries
  end

  def test_lines_survive_any_split
    text = "first\nsecond é\n\nthird\n".b
    (1..text.bytesize).each do |size|
      inbox = Inbox.new(100)
      text.bytes.each_slice(size) { |slice| inbox << slice.pack("C*") }
      assert_equal ["first", "second é".b, "third"], inbox.entries, "in pieces of #{size}"
    end
  end

  def test_half_a_line_is_no_entry
    inbox = Inbox.new(100)
    inbox << "{\"half\":"
    assert_nil inbox.shift
  end
end
