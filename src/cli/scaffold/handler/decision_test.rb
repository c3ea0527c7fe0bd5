  def test_it_takes_the_branches_that_are_asked_for
    outcome = assert_step_succeeds({{name}}, context: { steps: %w[a b] })
    assert_equal %w[a b], outcome.results.dig("decision_point_outcome", "step_names")
  end

  def test_it_takes_none_where_none_are
    assert_equal "no_branches", assert_step_succeeds({{name}}).results.dig("decision_point_outcome", "type")
  end
