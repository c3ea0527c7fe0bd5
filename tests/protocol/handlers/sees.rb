# frozen_string_literal: true

# Returns the task, the step and its definition as it sees them, then spoils them.
class Sees
  def call(context)
    parts = [context.task, context.workflow_step, context.step_definition]
    seen = JSON.parse(JSON.generate(parts))
    parts.each { |part| spoil(part) }
    seen
  end

  private

  def spoil(value)
    case value
    when Hash then value.each_key { |key| spoil(value[key]) }.store("spoiled", true)
    when Array then value.each { |element| spoil(element) } << "spoiled"
    when String then value << "spoiled"
    end
  end
end
