# frozen_string_literal: true

require 'json'
require 'logger'
require 'time'

module Millrace
  # The function's log: what it prints goes there as it is; the standard logger says in addition whose line it is.
  class Log
    AS_JSON = ENV['AWS_LAMBDA_LOG_FORMAT'] == 'JSON'
    LEVELS = { 'TRACE' => 0, 'DEBUG' => 0, 'INFO' => 1, 'WARN' => 2, 'ERROR' => 3, 'FATAL' => 4 }.freeze
    LOWEST_LEVEL = AS_JSON ? LEVELS[ENV['AWS_LAMBDA_LOG_LEVEL'].to_s.upcase] : nil

    def initialize
      $stdout.sync = true
      $stderr.sync = true
      # Of our own, so that the marks arrive whatever the function does with the two that it knows.
      @outputs = [$stdout.dup, $stderr.dup].each { |output| output.sync = true }
      Logger.prepend(LoggerDefaults)
    end

    # Of the invocation that runs.
    def request_id=(id)
      LoggerDefaults.request_id = id
    end

    def error(message, told)
      line = AS_JSON ? Log.record('ERROR', Time.now, message, told) : "#{message}\n#{JSON.generate(told)}\n"
      @outputs.first.write(line)
    end

    # Ends an invocation's output with a mark on each descriptor, so that the platform knows when it has read
    # everything. Answers which carry one: bit 1 stdout, bit 2 stderr.
    def mark(request_id)
      $stdout.flush unless $stdout.closed?
      @outputs.each { |output| output.write("\0end #{request_id}\n") }
      3
    end

    def self.record(level, time, message, more = {})
      stamp = time.utc.iso8601(3)
      told = { timestamp: stamp, level: level, message: message, requestId: LoggerDefaults.request_id, **more }
      "#{JSON.generate(told.compact)}\n"
    end
  end

  # How a Logger that writes to the function's output writes unless the function says otherwise.
  module LoggerDefaults
    class << self
      attr_accessor :request_id
    end

    def initialize(device = nil, *arguments, level: Log::LOWEST_LEVEL || Logger::DEBUG, **options)
      super
      @default_formatter = (Log::AS_JSON ? JsonLines : TextLines).new if [$stdout, $stderr].include?(device)
    end
  end

  # The standard line, with the request's id.
  class TextLines < Logger::Formatter
    def call(severity, time, program, message)
      stamp = time.strftime(datetime_format || '%Y-%m-%dT%H:%M:%S.%6N')
      head = "#{severity[0]}, [#{stamp} ##{$PROCESS_ID || Process.pid}] #{severity.rjust(5)}"
      "#{head} #{LoggerDefaults.request_id} -- #{program}: #{msg2str(message)}\n"
    end
  end

  # One JSON object for each line.
  class JsonLines < Logger::Formatter
    def call(severity, time, program, message)
      more = program ? { logger: program.to_s } : {}
      more.merge!(Errors.told(message, 'Function').merge(errorType: message.class.to_s)) if message.is_a?(Exception)
      text = message.is_a?(Exception) ? message.message : msg2str(message)
      Log.record(severity, time, Errors.readable(text), more)
    end
  end
end
