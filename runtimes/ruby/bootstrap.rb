# frozen_string_literal: true

# Runs one Ruby function inside its sandbox: loads the handler once, then one invocation after the other.
require_relative 'frames'
require_relative 'log'
require_relative 'errors'
require_relative 'context'
require_relative 'handler'

module Millrace
  # As the platform counts it: 6 MiB and 100 bytes.
  LARGEST_ANSWER_BYTES = 6_291_556
  # As AWS's own client ends: -4 and -1, as the system counts them.
  EXIT_INIT_ERROR = 252
  EXIT_CRITICAL = 255

  # The one function of this process.
  class Runner
    def initialize(frames, log)
      @frames = frames
      @log = log
    end

    def load(task_root, handler)
      $LOAD_PATH.unshift(task_root) unless $LOAD_PATH.include?(task_root)
      @handler = LambdaHandler.new(handler)
      @handler.load
    rescue Exception => e # A syntax error, a failed require and `exit` are no StandardErrors.
      told = Errors.told(e, 'Init')
      @log.error("Init error when loading handler #{handler}", told)
      @frames.send(Frames::INIT_ERROR, meta_of(told, marks: @log.mark('init')), JSON.generate(told))
      exit!(EXIT_INIT_ERROR)
    end

    # Returns when the platform has gone.
    def run
      @frames.send(Frames::READY, {})
      while (kind, meta, body = @frames.receive)
        invoke(meta, body) if kind == Frames::INVOKE
      end
    end

    private

    def invoke(meta, body)
      @log.request_id = meta['requestId']
      ENV['_X_AMZN_TRACE_ID'] = meta['traceId']
      answer(meta['requestId'], @handler.call(event: JSON.parse(body), context: LambdaContext.new(meta)))
    rescue NameError => e # Also a missing method: AWS ends the process for these.
      fail_with(meta['requestId'], e, is_last: true)
    rescue StandardError => e
      fail_with(meta['requestId'], e, is_last: false)
    rescue Exception => e # `exit` in a handler, no memory, a stack too deep.
      fail_with(meta['requestId'], e, is_last: true)
    end

    def answer(request_id, body)
      too_large = body.bytesize > LARGEST_ANSWER_BYTES
      meta = { requestId: request_id, marks: @log.mark(request_id) }
      @frames.send(too_large ? Frames::TOO_LARGE : Frames::ANSWER, meta, too_large ? '' : body)
    end

    def fail_with(request_id, error, is_last:)
      told = Errors.told(error, 'Function')
      @log.error(is_last ? 'Critical exception from handler' : 'Error raised from handler method', told)
      meta = meta_of(told, requestId: request_id, isLast: is_last, marks: @log.mark(request_id))
      @frames.send(Frames::ERROR, meta, JSON.generate(told))
      exit(EXIT_CRITICAL) if is_last
    end

    # A message of any length is in the body; the meta has room for a line.
    def meta_of(told, more)
      { errorType: told[:errorType], errorMessage: told[:errorMessage][0, 4096], **more }
    end
  end
end

log = Millrace::Log.new
frames = Millrace::Frames.connect(ENV.delete('MILLRACE_SOCKET'))
runner = Millrace::Runner.new(frames, log)
runner.load(ENV.fetch('LAMBDA_TASK_ROOT'), ENV.fetch('_HANDLER'))
runner.run
