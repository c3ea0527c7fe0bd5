  def test_it_sees_its_input
    assert_equal({ "n" => 1 }, assert_step_succeeds({{name}}, context: { n: 1 }).results["input"])
  end
