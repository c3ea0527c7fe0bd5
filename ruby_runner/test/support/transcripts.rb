# frozen_string_literal: true

require_relative "transcript_writer"

# What the golden transcripts say, one rule each. `ruby ruby_runner/test/support/transcripts.rb` writes the files.
module Transcripts
  def self.announced(name, file, line, api, doc, methods, aliases: [], reason: nil)
    { "name" => name, "file" => file, "line" => line, "api" => api, "doc" => doc, "methods" => methods,
      "aliases" => aliases }.merge(reason ? { "reason" => reason } : {})
  end

  ECHO = announced("Echo", "echo.rb", 4, "process", "Returns the task's context as it came.", ["process"])
  SUM = announced("Sum", "sum.rb", 4, "process", "Adds up what the ancestors returned.", ["process"])
  FAILS = announced("Fails", "failures.rb", 4, "process", "Fails in the way that the context names.", ["process"])
  WAITS = announced("Waits", "waits.rb", 4, "process", "Waits for ever; only a cancel ends it.", ["process"])
  RECEIPT = announced("Shop::Receipt", "receipt.rb", 5, "process",
                      "Charges, then keeps only what the next steps need.", %w[process process_results refund])
  CHANGES = announced("Changes", "changes.rb", 4, "process", "Changes its context in place, on every level.",
                      ["process"])
  SEES = announced("Sees", "sees.rb", 4, "call/1",
                   "Returns the task, the step and its definition as it sees them, then spoils them.", ["call"])
  TALKS = announced("Talks", "talks.rb", 4, "process",
                    "Prints by all means, and tells the engine how far it is.", ["process"])
  PATIENT = announced("Patient", "patient.rb", 4, "process", "Asks for more time, beats, and tells how far it is.",
                      ["process"]).merge("concurrency" => 2)
  DEEP = announced("Deep", "deep.rb", 4, "process", "Runs out of stack.", ["process"])
  BATCH = announced("Batch", "batch.rb", 4, "process", "Yields after the first half, goes on from there.", ["process"])
  FORMS = [
    announced("CallWithThree", "forms.rb", 4, "call/3", "Three arguments, as a method named call.", ["call"]),
    announced("CallWithContext", "forms.rb", 11, "call/1", "One argument that holds everything.", ["call"],
              aliases: ["call_with_context"]),
    announced("Misfit", "forms.rb", 18, "unusable", "Takes a shape that no form has.", ["process"],
              reason: "process takes (task); a handler has process(task, sequence, step), or call(context), " \
                      "or call(task, sequence, step)"),
    announced("shop.greet", "forms.rb", 23, "callable", "A block under a name of its own.", ["call"])
  ].freeze

  def self.raised(name, message, cause: nil, retryable: true, retry_after: nil, error_code: nil, context: {})
    { "class" => name, "message" => message, "backtrace" => ["failures.rb:1"], "cause" => cause,
      "retryable" => retryable, "retry_after" => retry_after, "error_code" => error_code, "context" => context }
  end

  def self.cancelled
    { "started" => true, "class" => "TaskerCore::Cancelled", "backtrace" => ["waits.rb:6"], "threads" => [] }
  end

  ALL = {
    "handshake" => ["The engine asks for the handlers, the runner answers what it found.", ["handlers/echo.rb"], lambda { |t|
      t.ask_for_handlers
      t.hello(ECHO)
      t.notify("initialized")
      t.goodbye
    }],
    "version_mismatch" => ["Without a common version nothing is loaded.", ["handlers/echo.rb"], lambda { |t|
      t.ask_for_handlers(versions: [2, 3])
      t.error(1, -32_007, "the engine offers protocol versions [2, 3], this runner speaks [1]", { "supported" => [1] })
      t.goodbye
    }],
    "load_failure" => ["A handler file that raises is named with file, line, class and message.",
                       ["handlers/echo.rb", "handlers/broken"], lambda { |t|
                                                                  t.ask_for_handlers
                                                                  t.error(1, -32_005, "/handlers/broken/raises.rb:3: ArgumentError: no configuration",
                                                                          { "file" => "raises.rb", "line" => 3, "class" => "ArgumentError", "message" => "no configuration",
                                                                            "backtrace" => ["raises.rb:3"], "files" => [] },
                                                                          "error.message", "error.data.backtrace", "error.data.files")
                                                                  t.goodbye
                                                                }],
    "load_missing" => ["A path that does not exist is a load failure.", ["handlers/none.rb"], lambda { |t|
      t.ask_for_handlers
      t.error(1, -32_005, "/handlers/none.rb:0: Errno::ENOENT: No such file or directory: /handlers/none.rb",
              { "file" => "none.rb", "line" => 0, "class" => "Errno::ENOENT",
                "message" => "No such file or directory: /handlers/none.rb", "backtrace" => [], "files" => [] },
              "error.message", "error.data.message")
      t.goodbye
    }],
    "process" => ["A step sees its task and what its ancestors returned; its return value is its result.",
                  ["handlers/sum.rb"], lambda { |t|
                                         t.open(SUM)
                                         t.process(2, "Sum")
                                         t.done(2, { "step" => "charge", "from" => %w[root a], "sum" => 12 })
                                         t.goodbye
                                       }],
    "process_results" => ["process_results makes the result of what process returned; both are reported.",
                          ["handlers/receipt.rb"], lambda { |t|
                                                     t.open(RECEIPT)
                                                     t.process(2, "Shop::Receipt")
                                                     t.done(2, { "status" => "charged", "amount" => 36 },
                                                            output: { "status" => "charged", "amount" => 36, "raw" => [1, 2, 3] })
                                                     t.goodbye
                                                   }],
    "method_dispatch" => ["handler.method names another public method; process_results does not follow it.",
                          ["handlers/receipt.rb"], lambda { |t|
                                                     t.open(RECEIPT)
                                                     t.process(2, "Shop::Receipt", method: "refund")
                                                     t.done(2, { "status" => "refunded", "amount" => -36 })
                                                     t.process(3, "Shop::Receipt", method: "refunt")
                                                     t.error(3, -32_001, "handler \"Shop::Receipt\" has no public method \"refunt\"; did you mean \"refund\"?",
                                                             { "handler" => "Shop::Receipt", "nearest" => ["refund"] })
                                                     t.goodbye
                                                   }],
    "call_forms" => ["call with three arguments, call with a context, and a registered block.", ["handlers/forms.rb"],
                     lambda { |t|
                       t.open(*FORMS)
                       t.process(2, "CallWithThree")
                       t.done(2, ["order", 7, 1])
                       t.process(3, "CallWithContext", initialization: { "currency" => "EUR" })
                       t.done(3, { "amount" => 36, "currency" => "EUR" }, metadata: { "form" => "call/1" })
                       t.process(4, "call_with_context", initialization: { "currency" => "USD" })
                       t.done(4, { "amount" => 36, "currency" => "USD" }, metadata: { "form" => "call/1" })
                       t.process(5, "shop.greet", context: { "name" => "Ada" })
                       t.done(5, "hello Ada")
                       t.process(6, "Misfit")
                       t.error(6, -32_001, "handler \"Misfit\" can't be used: process takes (task); a handler has " \
                                           "process(task, sequence, step), or call(context), or call(task, sequence, step)",
                               { "handler" => "Misfit", "nearest" => [] })
                       t.goodbye
                     }],
    "raise" => ["An exception is told with its class, message, backtrace and causes; it is retryable.",
                ["handlers/failures.rb"], lambda { |t|
                                            t.open(FAILS)
                                            t.process(2, "Fails", context: { "how" => "raises" })
                                            cause = { "class" => "ArgumentError", "message" => "invalid value for Integer(): \"twelve\"", "backtrace" => [],
                                                      "cause" => nil }
                                            t.failed(2, -32_002, "RuntimeError: the amount is not a number",
                                                     raised("RuntimeError", "the amount is not a number", cause: cause), "error.data.cause.backtrace")
                                            t.goodbye
                                          }],
    "permanent_and_retryable" => ["The library's errors say whether, when and why not to try again.",
                                  ["handlers/failures.rb"], lambda { |t|
                                                              t.open(FAILS)
                                                              t.process(2, "Fails", context: { "how" => "permanent" })
                                                              name = "TaskerCore::Errors::PermanentError"
                                                              t.failed(2, -32_002, "#{name}: card refused",
                                                                       raised(name, "card refused", retryable: false, error_code: "CARD", context: { "card" => "visa" }))
                                                              t.process(3, "Fails", context: { "how" => "retryable" })
                                                              name = "TaskerCore::Errors::RetryableError"
                                                              t.failed(3, -32_002, "#{name}: busy", raised(name, "busy", retry_after: 30, context: { "tries" => 2 }))
                                                              t.goodbye
                                                            }],
    "handler_exits" => ["exit in a handler is an error of the step; the worker lives.", ["handlers/failures.rb"],
                        lambda { |t|
                          t.open(FAILS)
                          t.process(2, "Fails", context: { "how" => "exits" })
                          t.failed(2, -32_002, "SystemExit: the handler called exit with status 3",
                                   raised("SystemExit", "the handler called exit with status 3"))
                          t.process(3, "Fails", context: { "how" => "exits" })
                          t.failed(3, -32_002, "SystemExit: the handler called exit with status 3",
                                   raised("SystemExit", "the handler called exit with status 3"))
                          t.goodbye
                        }],
    "unknown_handler" => ["A handler that nobody announced is refused with the nearest name.", ["handlers/receipt.rb"],
                          lambda { |t|
                            t.open(RECEIPT)
                            t.process(2, "Shop::Reciept")
                            t.error(2, -32_001, "unknown handler \"Shop::Reciept\"; did you mean \"Shop::Receipt\"?",
                                    { "handler" => "Shop::Reciept", "nearest" => ["Shop::Receipt"] })
                            t.process(3, "Kernel")
                            t.error(3, -32_001, "unknown handler \"Kernel\"; known: Shop::Receipt", { "handler" => "Kernel", "nearest" => [] })
                            t.goodbye
                          }],
    "unserializable" => ["A result that is no JSON is refused with its path.", ["handlers/failures.rb"], lambda { |t|
      t.open(FAILS)
      t.process(2, "Fails", context: { "how" => "unserializable" })
      t.failed(2, -32_003, "results.items[1].io: IO can't be written as JSON; return its data, or give it a to_h",
               { "path" => "results.items[1].io", "class" => "IO" })
      t.process(3, "Fails", context: { "how" => "nan" })
      t.failed(3, -32_003, "results.ratio: NaN has no JSON form", { "path" => "results.ratio", "class" => "Float" })
      t.goodbye
    }],
    "too_large" => ["An answer over the line's limit is refused with both sizes.", ["handlers/failures.rb"], lambda { |t|
      t.open(FAILS, limits: { "max_line_bytes" => 4_096 })
      t.process(2, "Fails", context: { "how" => "large" })
      t.failed(2, -32_004, "the answer of handler \"Fails\" is 5190 bytes of JSON; the limit is 4096 " \
                           "(limits.max_line_bytes)", {}, "error.message")
      t.goodbye
    }],
    "nil_result" => ["nil is null, with one warning per handler.", ["handlers/failures.rb"], lambda { |t|
      t.open(FAILS)
      t.process(2, "Fails", context: { "how" => "nothing" })
      t.told("log", { "id" => 2, "level" => "warn", "message" => "Fails returned nil; the step's result is null",
                      "fields" => {} })
      t.done(2, nil)
      t.process(3, "Fails", context: { "how" => "nothing" })
      t.done(3, nil)
      t.goodbye
    }],
    "cancel_running" => ["A nudge makes a busy runner read the cancel; the step answers once.", ["handlers/waits.rb"],
                         lambda { |t|
                           t.open(WAITS)
                           t.process(2, "Waits", started: true)
                           t.told("step/started", { "id" => 2 })
                           t.notify("$/cancelRequest", { "id" => 2 })
                           t.nudge
                           t.failed(2, -32_800, "the engine cancelled this step", cancelled, "error.data.threads")
                           t.notify("$/cancelRequest", { "id" => 2 })
                           t.nudge
                           t.request(3, "shutdown")
                           t.result(3, {})
                           t.goodbye
                         }],
    "cancel_queued" => ["A queued step is taken back while another one runs, and was not started.",
                        ["handlers/waits.rb"], lambda { |t|
                                                 t.open(WAITS)
                                                 t.process(2, "Waits", started: true)
                                                 t.told("step/started", { "id" => 2 })
                                                 t.process(3, "Waits")
                                                 t.notify("$/cancelRequest", { "id" => 3 })
                                                 t.nudge
                                                 t.error(3, -32_800, "cancelled before it was started", { "started" => false })
                                                 t.notify("$/cancelRequest", { "id" => 2 })
                                                 t.nudge
                                                 t.failed(2, -32_800, "the engine cancelled this step", cancelled, "error.data.threads")
                                                 t.goodbye
                                               }],
    "recall" => ["What the engine takes back for its own sake is given back when it was not started.",
                 ["handlers/waits.rb"], lambda { |t|
                                          t.open(WAITS)
                                          t.process(2, "Waits", started: true)
                                          t.told("step/started", { "id" => 2 })
                                          t.process(3, "Waits")
                                          t.notify("$/cancelRequest", { "id" => 3, "queued_only" => true })
                                          t.nudge
                                          t.error(3, -32_800, "cancelled before it was started", { "started" => false })
                                          t.notify("$/cancelRequest", { "id" => 2 })
                                          t.nudge
                                          t.failed(2, -32_800, "the engine cancelled this step", cancelled, "error.data.threads")
                                          t.goodbye
                                        }],
    "recall_running" => ["A step that runs by the time it is taken back is left in peace.", ["handlers/waits.rb"], lambda { |t|
      t.open(WAITS)
      t.process(2, "Waits", started: true)
      t.told("step/started", { "id" => 2 })
      t.notify("$/cancelRequest", { "id" => 2, "queued_only" => true })
      t.nudge
      t.request("who", "ping")
      t.nudge
      t.result("who", { "pid" => 4_242, "busy" => true, "request_id" => 2, "threads" => [] }, "result.pid", "result.threads")
      t.notify("$/cancelRequest", { "id" => 2 })
      t.nudge
      t.failed(2, -32_800, "the engine cancelled this step", cancelled, "error.data.threads")
      t.goodbye
    }],
    "ping" => ["A ping is answered in its turn, and at once when a nudge follows.", ["handlers/waits.rb"], lambda { |t|
      t.open(WAITS)
      t.request(2, "ping")
      t.result(2, { "pid" => 4_242, "busy" => false, "request_id" => nil, "threads" => [] },
               "result.pid", "result.threads")
      t.process(3, "Waits", started: true)
      t.told("step/started", { "id" => 3 })
      t.request("who", "ping")
      t.nudge
      t.result("who", { "pid" => 4_242, "busy" => true, "request_id" => 3, "threads" => [] },
               "result.pid", "result.threads")
      t.notify("$/cancelRequest", { "id" => 3 })
      t.nudge
      t.failed(3, -32_800, "the engine cancelled this step", cancelled, "error.data.threads")
      t.goodbye
    }],
    "shutdown" => ["After shutdown no step is taken; exit ends the process.", ["handlers/echo.rb"], lambda { |t|
      t.open(ECHO)
      t.process(2, "Echo")
      t.done(2, { "amount" => 36 })
      t.request(3, "shutdown")
      t.result(3, {})
      t.process(4, "Echo")
      t.error(4, -32_006, "the worker is shutting down")
      t.goodbye
    }],
    "eof" => ["The end of the wire is an exit; what was read before is answered.", ["handlers/echo.rb"], lambda { |t|
      t.open(ECHO)
      t.process(2, "Echo")
      t.eof
      t.done(2, { "amount" => 36 })
      t.ends
    }],
    "parse_error" => ["A line that is no JSON-RPC is answered, and the next one is read as usual.",
                      ["handlers/echo.rb"], lambda { |t|
                                              t.open(ECHO)
                                              t.raw("this is not JSON")
                                              t.error(nil, -32_700, "the line is not JSON", nil, "error.message")
                                              t.raw("[1,2]")
                                              t.error(nil, -32_600, "a message is a JSON object, not an array")
                                              t.raw("{\"jsonrpc\":\"1.0\",\"id\":2,\"method\":\"ping\"}")
                                              t.error(2, -32_600, "jsonrpc is \"2.0\" in every message")
                                              t.raw("{\"jsonrpc\":\"2.0\",\"id\":3}")
                                              t.error(3, -32_600, "method is a string, not null")
                                              t.raw("")
                                              t.process(4, "Echo")
                                              t.done(4, { "amount" => 36 })
                                              t.goodbye
                                            }],
    "bad_params" => ["Parameters of the wrong kind are named.", ["handlers/echo.rb"], lambda { |t|
      t.open(ECHO)
      t.request(2, "step/process", { "handler" => 7 })
      t.error(2, -32_602, "step/process: handler is a string, not a number")
      t.request(3, "step/process", { "handler" => "Echo", "task" => [] })
      t.error(3, -32_602, "step/process: task is an object, not an array")
      t.request(4, "step/process", [])
      t.error(4, -32_602, "params is an object, not an array")
      t.goodbye
    }],
    "unknown_method" => ["An unknown request is refused; an unknown notification that begins with $/ is ignored.",
                         ["handlers/echo.rb"], lambda { |t|
                                                 t.open(ECHO)
                                                 t.request(2, "step/proces")
                                                 t.error(2, -32_601, "unknown method \"step/proces\"; did you mean \"step/process\"?")
                                                 t.notify("$/trace", { "value" => "verbose" })
                                                 t.notify("$/cancelRequest", { "id" => 99 })
                                                 t.request(3, "shutdown")
                                                 t.result(3, {})
                                                 t.goodbye
                                               }],
    "context" => ["A context that travelled once is referred to, until it is dropped; a handler that changes it changes its own copy.",
                  ["handlers/changes.rb"], lambda { |t|
                                             t.open(CHANGES)
                                             value = { "items" => [1, 2, 3], "note" => "n" * 4_096, "nested" => {} }
                                             seen = { "items" => [1, 2, 3, 4], "note" => "#{value["note"]}!", "nested" => { "seen" => true } }
                                             t.notify("context/put", { "ref" => 1, "value" => value })
                                             [2, 3].each do |id|
                                               t.process(id, "Changes", task: { "context_ref" => 1 })
                                               t.done(id, seen)
                                             end
                                             t.notify("context/drop", { "ref" => 1 })
                                             t.notify("context/put", { "ref" => 2, "value" => value.merge("items" => []) })
                                             t.process(4, "Changes", task: { "context_ref" => 2 })
                                             t.done(4, seen.merge("items" => [4]))
                                             t.goodbye
                                           }],
    "context_unknown" => ["A reference that was dropped, or never given, is refused; the step was not started.",
                          ["handlers/changes.rb"], lambda { |t|
                                                     t.open(CHANGES)
                                                     t.notify("context/put", { "ref" => 1, "value" => {} })
                                                     t.notify("context/drop", { "ref" => 1 })
                                                     [2, 3].each do |id|
                                                       t.process(id, "Changes", task: { "context_ref" => id - 1 })
                                                       t.error(id, -32_009, "unknown context reference #{id - 1}", { "ref" => id - 1 })
                                                     end
                                                     t.goodbye
                                                   }],
    "definition" => ["What all requests of a step have in common travels once; nobody sees what a handler makes of it.",
                     ["handlers/sees.rb"], lambda { |t|
                                             t.open(SEES)
                                             t.define(1, "Sees")
                                             [2, 3].each do |id|
                                               t.process_defined(id, 1)
                                               t.done(id, t.seen("Sees"))
                                             end
                                             t.notify("definition/drop", { "ref" => 1 })
                                             t.define(2, "Sees")
                                             own = { "name" => "charge_2", "attempt" => 2, "last_attempted_at" => TranscriptWriter::AT,
                                                     "inputs" => { "cursor" => 5 }, "checkpoint" => [1] }
                                             t.process_defined(4, 2, step: own)
                                             t.done(4, t.seen("Sees", own.merge("attempts" => 1)))
                                             t.process_defined(5, 2, step: { "attempts" => 2 })
                                             t.done(5, t.seen("Sees", { "attempts" => 2 }))
                                             t.goodbye
                                           }],
    "definition_unknown" => ["A definition that was dropped, or never given, is refused; the step was not started.",
                             ["handlers/sees.rb"], lambda { |t|
                                                     t.open(SEES)
                                                     t.define(1, "Sees")
                                                     t.notify("definition/drop", { "ref" => 1 })
                                                     [2, 3].each do |id|
                                                       t.process_defined(id, id - 1)
                                                       t.error(id, -32_009, "unknown definition reference #{id - 1}", { "ref" => id - 1 })
                                                     end
                                                     t.goodbye
                                                   }],
    "telling" => ["step/started comes first, then what the handler tells; nothing it prints is on the wire.",
                  ["handlers/talks.rb"], lambda { |t|
                                           t.open(TALKS)
                                           t.process(2, "Talks", started: true)
                                           t.told("step/started", { "id" => 2 })
                                           t.told("step/progress", { "id" => 2, "percent" => 50, "message" => "half" })
                                           t.told("step/heartbeat", { "id" => 2 })
                                           t.told("step/extend_deadline", { "id" => 2, "seconds" => 30 })
                                           t.told("log", { "id" => 2, "level" => "warn", "message" => "nearly", "fields" => { "left" => 1 } })
                                           t.done(2, "done")
                                           t.goodbye
                                         }],
    "more_time" => ["A handler asks for time and shows signs of life as often as it likes; each names its step.",
                    ["handlers/patient.rb"], lambda { |t|
                                               t.open(PATIENT)
                                               t.process(2, "Patient")
                                               t.told("step/extend_deadline", { "id" => 2, "seconds" => 3_600 })
                                               t.told("step/heartbeat", { "id" => 2 })
                                               t.told("step/progress", { "id" => 2, "percent" => 0.5, "message" => nil })
                                               t.told("step/heartbeat", { "id" => 2 })
                                               t.told("step/extend_deadline", { "id" => 2, "seconds" => 0.25 })
                                               t.told("step/progress", { "id" => 2, "percent" => 100, "message" => "all" })
                                               t.done(2, ["progress takes a number from 0 to 100, not 101",
                                                          "extend_deadline takes a positive number of seconds, not -1"])
                                               t.process(3, "Patient", started: true)
                                               t.told("step/started", { "id" => 3 })
                                               t.told("step/extend_deadline", { "id" => 3, "seconds" => 3_600 })
                                               t.told("step/heartbeat", { "id" => 3 })
                                               t.told("step/progress", { "id" => 3, "percent" => 0.5, "message" => nil })
                                               t.told("step/heartbeat", { "id" => 3 })
                                               t.told("step/extend_deadline", { "id" => 3, "seconds" => 0.25 })
                                               t.told("step/progress", { "id" => 3, "percent" => 100, "message" => "all" })
                                               t.done(3, ["progress takes a number from 0 to 100, not 101",
                                                          "extend_deadline takes a positive number of seconds, not -1"])
                                               t.goodbye
                                             }],
    "retires" => ["A runner that ran out of stack or memory answers, says that it ends, and ends.",
                  ["handlers/deep.rb"], lambda { |t|
                                          t.open(DEEP)
                                          t.process(2, "Deep")
                                          t.failed(2, -32_002, "SystemStackError: stack level too deep",
                                                   raised("SystemStackError", "stack level too deep").merge("retires" => true))
                                          t.ends
                                        }],
    "checkpoint" => ["A checkpoint ends the request; the next one brings it back, in the same attempt.",
                     ["handlers/batch.rb"], lambda { |t|
                                              t.open(BATCH)
                                              t.process(2, "Batch")
                                              saved = { "cursor" => 100, "items_processed" => 100, "accumulated_results" => { "total" => 7 } }
                                              t.result(2, { "checkpoint" => saved, "usage" => { "cpu_us" => 15, "max_rss_kb" => 14_000 } }, "result.usage")
                                              t.process(3, "Batch", step: { "checkpoint" => saved })
                                              t.done(3, { "done" => 200 })
                                              t.goodbye
                                            }],
    "numbers" => ["Digits of big integers, the text of floats and the order of keys survive.", ["handlers/echo.rb"],
                  lambda { |t|
                    t.open(ECHO)
                    value = { "z" => 6**64, "a" => 124.75999999999999, "m" => [0.1, -0.0, 1e+22, 2**70, -1], "é" => "\u0001\u{1F600}" }
                    t.process(2, "Echo", context: value)
                    t.done(2, value)
                    t.goodbye
                  }]
  }.freeze
end

TranscriptWriter.write if $PROGRAM_NAME == __FILE__
