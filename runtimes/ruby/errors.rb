# frozen_string_literal: true

module Millrace
  # An exception as the caller of the function gets it.
  module Errors
    RUNTIME_FOLDER = "#{__dir__}/"
    LARGEST_TRACE = 100

    # `classification`: `Function`, or `Init` while the code is loaded, as AWS prints them.
    def self.told(error, classification)
      {
        errorMessage: readable(error.message),
        errorType: "#{classification}<#{error.class}>",
        stackTrace: trace_of(error)
      }
    end

    # The function's own part of the trace: it ends where this runtime begins.
    def self.trace_of(error)
      (error.backtrace || [])
        .reject { |line| line.start_with?('<internal:') }
        .take_while { |line| !line.start_with?(RUNTIME_FOLDER) }
        .first(LARGEST_TRACE)
        .map { |line| readable(line) }
    end

    def self.readable(text)
      text.to_s.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
    end
  end
end
