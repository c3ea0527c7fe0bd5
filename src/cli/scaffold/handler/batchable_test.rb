  def test_it_cuts_the_work
    outcome = assert_step_succeeds({{name}}, context: { total: 10 }, config: { worker_template: "work" })
    assert_equal 5, outcome.results.dig("batch_processing_outcome", "worker_count")
  end

  def test_nothing_to_do_means_no_batches
    assert_equal "no_batches", assert_step_succeeds({{name}}).results.dig("batch_processing_outcome", "type")
  end
