# frozen_string_literal: true

require_relative "../test_helper"
require "tasker"

# Every class, method and constant that handlers of the originals name is there. What each does is tested beside.
class SurfaceTest < Minitest::Test
  STATUS = %w[task_uuid context namespace_name task_name task_version task_id id name named_task_id complete requested_at initiator
              source_system reason bypass_steps tags identity_hash created_at updated_at named_task annotations namespace
              priority correlation_id parent_correlation_id named_task_uuid].freeze

  INSTANCE = {
    "TaskerCore::StepHandler::Base" => %w[call config logger rust_integration orchestration_system validate_config handler_name
                                          metadata capabilities config_schema success failure],
    "TaskerCore::StepHandler::Api" => %w[get post put delete connection api_upload_file api_paginated_request api_success api_failure
                                         process_response config],
    "TaskerCore::StepHandler::Decision" => %w[decision_success decision_no_branches skip_branches decision_with_custom_outcome
                                              validate_decision_outcome!],
    "TaskerCore::StepHandler::Batchable" => %w[get_batch_context detect_aggregation_scenario handle_no_op_worker create_cursor_configs
                                               no_batches_outcome create_batches_outcome batch_worker_success checkpoint_yield
                                               no_batches_aggregation_result aggregate_batch_worker_results get_dependency_result],
    "TaskerCore::Types::StepContext" => %w[task workflow_step dependency_results step_definition handler_name task_uuid step_uuid
                                           input_data step_inputs step_config retry_count max_retries get_task_field get_input
                                           get_input_or get_config get_dependency_result get_dependency_field is_retry? is_last_retry?
                                           checkpoint checkpoint_cursor checkpoint_items_processed accumulated_results has_checkpoint?
                                           namespace_name step_name context retryable?],
    "TaskerCore::Types::Task" => STATUS,
    "TaskerCore::Types::Step" => %w[workflow_step_uuid task_uuid named_step_uuid name retryable max_attempts in_process processed
                                    processed_at attempts last_attempted_at backoff_request_seconds inputs results results= created_at
                                    updated_at checkpoint workflow_step_id retry_limit status skippable named_step_id task_id step_name
                                    template_step_name id],
    "TaskerCore::Types::StepSequence" => %w[steps find_step_by_name total_steps current_position dependencies get_result get_results
                                            keys key? each_key [] first_step last_step progress remaining_steps dependencies_count
                                            all_steps current_step_id],
    "TaskerCore::Types::DependencyResults" => %w[get_result get_results [] keys key? each_key],
    "TaskerCore::Types::StepDefinition" => %w[name description handler dependencies retry timeout_seconds publishes_events],
    "TaskerCore::Types::StepHandlerCallResult::Success" => %w[success? success result metadata to_h checkpoint_yield?],
    "TaskerCore::Types::StepHandlerCallResult::Error" => %w[success? success error_type message error_code retryable metadata to_h
                                                            checkpoint_yield?],
    "TaskerCore::Types::StepHandlerCallResult::CheckpointYield" => %w[success? cursor items_processed accumulated_results to_h
                                                                      checkpoint_yield?],
    "TaskerCore::BatchProcessing::BatchWorkerContext" => %w[cursor batch_metadata no_op? start_cursor end_cursor batch_id
                                                            checkpoint_cursor accumulated_results has_checkpoint?
                                                            checkpoint_items_processed],
    "TaskerCore::BatchProcessing::BatchAggregationScenario" => %w[no_batches? batch_results worker_count],
    "TaskerCore::Logger" => %w[debug info warn error fatal log_step],
    "TaskerCore::DomainEvents::BasePublisher" => %w[name transform_payload should_publish? additional_metadata before_publish
                                                    after_publish on_publish_error],
    "TaskerCore::DomainEvents::BaseSubscriber" => %w[handle before_handle after_handle on_handle_error],
    "Tasker::StepHandler::Base" => %w[handle process process_results publish_event log_structured],
    "Tasker::StepHandler::Api" => %w[handle process connection config]
  }.freeze

  SINGLETON = {
    "TaskerCore" => %w[call_ruby_process_method call_ruby_process_results_method register before_fork after_fork],
    "TaskerCore::Types::StepHandlerCallResult" => %w[success error checkpoint_yield from_handler_output from_exception],
    "TaskerCore::Types::BatchProcessingOutcome" => %w[no_batches create_batches],
    "TaskerCore::Types::DecisionPointOutcome" => %w[no_branches create_steps],
    "TaskerCore::Logger" => %w[instance],
    "TaskerCore::DomainEvents::BaseSubscriber" => %w[subscribes_to],
    "TaskerCore::StepHandler::Functional::Decision" => %w[route skip],
    "TaskerCore::StepHandler::Functional::BatchConfig" => %w[new],
    "TaskerCore::StepHandler::Functional" => %w[step_handler decision_handler batch_analyzer batch_worker api_handler],
    "Tasker::StepHandler::Base" => %w[custom_event_configuration],
    "Rails" => %w[logger env]
  }.freeze

  CONSTANTS = %w[
    TaskerCore::StepHandler::Mixins::API TaskerCore::StepHandler::Mixins::Decision TaskerCore::StepHandler::Mixins::Batchable
    TaskerCore::Models::TaskWrapper TaskerCore::Models::WorkflowStepWrapper TaskerCore::Models::DependencyResultsWrapper
    TaskerCore::Models::StepDefinitionWrapper TaskerCore::Models::HandlerWrapper
    TaskerCore::Errors::Error TaskerCore::Errors::ConfigurationError TaskerCore::Errors::ProceduralError
    TaskerCore::Errors::OrchestrationError TaskerCore::Errors::DatabaseError TaskerCore::Errors::RetryableError
    TaskerCore::Errors::PermanentError TaskerCore::Errors::TimeoutError TaskerCore::Errors::NetworkError
    TaskerCore::Errors::ValidationError TaskerCore::Errors::NotFoundError TaskerCore::Errors::FFIError TaskerCore::Errors::ServerError
    TaskerCore::Errors::ErrorClassifier TaskerCore::Errors::ResolverNotFoundError
    TaskerCore::PermanentError TaskerCore::RetryableError TaskerCore::Registry TaskerCore::TaskHandler
    TaskerCore::Tracing
    Tasker::Error Tasker::ConfigurationError Tasker::ProceduralError Tasker::RetryableError Tasker::PermanentError
    Tasker::TaskHandler Tasker::ConfiguredTask Tasker::TaskBuilder Tasker::Types::StepSequence
    Tasker::StepHandler::Api::Config Tasker::Constants::WorkflowStepStatuses Tasker::Constants::TaskStatuses
    Tasker::Task Tasker::WorkflowStep
  ].freeze

  INSTANCE.each do |name, methods|
    define_method("test_#{name}_has_its_methods") do
      owner = Object.const_get(name)
      missing = methods.reject { |method| owner.method_defined?(method) || owner.private_method_defined?(method) }
      missing.reject! { |method| answers?(owner, method) }
      assert_empty missing
    end
  end

  SINGLETON.each do |name, methods|
    define_method("test_#{name}_itself_has_its_methods") do
      owner = Object.const_get(name)
      assert_empty(methods.reject { |method| owner.respond_to?(method, true) || owner.private_method_defined?(method) })
    end
  end

  def test_every_constant_is_there
    assert_empty(CONSTANTS.reject { |name| Object.const_defined?(name) })
  end

  private

  # Hashes with readers answer by method_missing.
  def answers?(owner, method)
    owner.new({ "name" => "x" }).respond_to?(method)
  rescue StandardError
    false
  end
end
