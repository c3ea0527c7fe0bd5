  def test_a_server_that_is_not_there_is_asked_again
    assert_step_fails {{name}}, with: TaskerCore::Errors::NetworkError, retryable: true, config: { base_url: "http://127.0.0.1:1" }
  end
