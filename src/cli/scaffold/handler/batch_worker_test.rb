  def test_it_works_on_its_share
    inputs = { cursor: { batch_id: "001", start_cursor: 0, end_cursor: 5 } }
    assert_equal 5, assert_step_succeeds({{name}}, step: { inputs: inputs }).results["items_processed"]
  end
