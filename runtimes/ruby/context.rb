# frozen_string_literal: true

# What a handler gets as `context:`. The names are AWS's.
class LambdaContext
  attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name, :function_name,
              :memory_limit_in_mb, :function_version, :identity, :client_context, :deadline_ms

  def initialize(meta)
    @ends_ms = Process.clock_gettime(Process::CLOCK_MONOTONIC, :millisecond) + meta['remainingMs'].to_i
    @deadline_ms = meta['deadlineMs'].to_i
    @aws_request_id = meta['requestId']
    @invoked_function_arn = meta['functionArn']
    @client_context = JSON.parse(meta['clientContext']) if meta['clientContext']
    @identity = nil
    @log_group_name = ENV['AWS_LAMBDA_LOG_GROUP_NAME']
    @log_stream_name = ENV['AWS_LAMBDA_LOG_STREAM_NAME']
    @function_name = ENV['AWS_LAMBDA_FUNCTION_NAME']
    @function_version = ENV['AWS_LAMBDA_FUNCTION_VERSION']
    @memory_limit_in_mb = ENV['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
  end

  def get_remaining_time_in_millis
    [@ends_ms - Process.clock_gettime(Process::CLOCK_MONOTONIC, :millisecond), 0].max
  end
end
