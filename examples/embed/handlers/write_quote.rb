# frozen_string_literal: true

# Puts what the C++ step computed into words.
class WriteQuote
  def process(task, sequence, _step)
    total = sequence.get_results("prices")["total_cents"]
    { text: format("%<items>d items for %<customer>s: %<total>.2f EUR",
                   items: task.context[:items], customer: task.context[:customer], total: total / 100.0) }
  end
end
