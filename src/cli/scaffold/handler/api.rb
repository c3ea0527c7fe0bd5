# {{comment}}
class {{constant}} < TaskerCore::StepHandler::Api
  def call(context)
    api_success(data: get(context.get_input_or(:path, "/")).body)
  end
end
