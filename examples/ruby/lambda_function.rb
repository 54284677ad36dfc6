# frozen_string_literal: true

# Answers an invocation with a greeting, and prints one for each message of a queue. A message that is no JSON is
# reported, and comes again alone.
#
#   millrace deploy examples/ruby --queue greetings
require 'json'

def lambda_handler(event:, context:)
  return { greeting: "Hello, #{event['name'] || 'world'}!" } unless event.key?('Records')

  failed = event['Records'].reject do |record|
    puts "Hello, #{JSON.parse(record['body'])['name'] || 'world'}! (#{context.aws_request_id})"
    true
  rescue JSON::ParserError => e
    warn "#{record['messageId']}: #{e.message}"
    false
  end
  { batchItemFailures: failed.map { |record| { itemIdentifier: record['messageId'] } } }
end
