# frozen_string_literal: true

require 'json'
require 'stringio'

# The method that a handler string names: `file.method`, or `file.Class.method` with a class or module of any depth.
# Methods defined at the top of a file are run with an object of this class as `self`, as on AWS.
class LambdaHandler
  FORM = 'must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME corresponds with an existing ' \
         'Ruby source file FILENAME.rb, CLASS is an optional module/class namespace and METHOD is a callable ' \
         'method. If using CLASS, METHOD must be a class-level method.'

  def initialize(handler)
    parts = handler.split('.')
    raise ArgumentError, "Invalid handler #{parts}, #{FORM}" unless [2, 3].include?(parts.size)

    @file = parts.first
    @class_name = parts[1] if parts.size == 3
    @method_name = parts.last
  end

  def load
    require @file
  end

  # The bytes of the answer: JSON, or whatever an IO holds.
  def call(event:, context:)
    target = @class_name ? Kernel.const_get(@class_name) : self
    result = target.__send__(@method_name, event: event, context: context)
    result.is_a?(StringIO) || result.is_a?(IO) ? result.read : result.to_json
  end
end
