#pragma once

#include <stdexcept>

#include "store/sqlite_db.hpp"
#include "store/template_table.hpp"
#include "tasker/store.hpp"

namespace tasker::store {

/// A write that does not fit what is on disk: says what was expected and what is there.
class WriteRefused : public std::runtime_error {
 public:
  explicit WriteRefused(const std::string& message, StoreError::Kind kind = StoreError::Kind::Refused)
      : std::runtime_error(message), kind_(kind) {}
  StoreError::Kind kind() const { return kind_; }

 private:
  StoreError::Kind kind_;
};

/// Who writes: the engine's row, or nobody where no other engine can be.
struct Owner {
  std::optional<Uuid> id;
  std::int64_t epoch = 0;
};

/// Turns writes into rows, within a transaction that the caller holds. Every write says what it expects to find; one
/// that finds its own result word for word has been done before and is no error. Throws WriteRefused or SqliteError;
/// the rows are then half written and the caller rolls back. Writer thread.
class TaskWriter {
 public:
  TaskWriter(Db& db, TemplateTable& templates, Owner owner = {}) : db_(db), templates_(templates), owner_(owner) {}

  void write(const StoreBatch& batch);

 private:
  void write(const CreateTask& create);
  void write(const Transition& transition);
  void write(const ForgetTask& forget);
  void write(const TakeOver& take_over);
  void write(const AppendLogs& logs);

  std::optional<std::span<const std::uint8_t>> owner_id() const;
  /// Throws unless this engine owns the task with this fence; the recoveries the task has.
  std::int64_t check_owner(TaskId task, std::int64_t fence);
  [[noreturn]] void refuse_duplicate(const CreateTask& create);
  bool insert_task(const CreateTask& create);
  void insert_steps(const CreateTask& create);
  void change_step(const Transition& transition, const StepChange& change);
  bool is_done(TaskId task, const StepChange& change);
  [[noreturn]] void refuse(TaskId task, const StepChange& change);
  void insert_history(TaskId task, StepIndex step, const AttemptRecord& attempt);
  bool has_history(TaskId task, StepIndex step, DispatchId dispatch);
  void insert_created(TaskId task, const CreatedStep& step);
  void expect_created(TaskId task, const CreatedStep& step);
  void change_task(const Transition& transition);

  Db& db_;
  TemplateTable& templates_;
  const Owner owner_;
};

}  // namespace tasker::store
