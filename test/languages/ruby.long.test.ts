import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RealFunctions, type Brought } from './functions.ts';
import { filesOfPackage, missingPackages } from './packages.ts';

const skip = missingPackages(['ruby'], ['ruby', '--version']);
let functions: RealFunctions;
before(async () => {
  if (skip === false) functions = await RealFunctions.start();
});
after(() => functions?.[Symbol.asyncDispose]());

const ruby = (code: string, more: Partial<Brought> = {}): Brought => ({
  runtime: 'ruby3.3',
  handler: 'app.handler',
  files: { 'app.rb': code },
  ...more,
});

test('a Ruby method answers; what it is told of its invocation is what AWS tells', { skip }, async () => {
  const code = `
    def handler(event:, context:)
      {
        greeting: "Hello, #{event['name']}!",
        function: context.function_name, version: context.function_version, memory: context.memory_limit_in_mb,
        request: context.aws_request_id.length, arn: context.invoked_function_arn, group: context.log_group_name,
        stream: context.log_stream_name.empty?, remaining: context.get_remaining_time_in_millis.between?(1, 20_000),
        deadline: context.deadline_ms > 1_700_000_000_000, client: context.client_context, runtime: ENV['AWS_EXECUTION_ENV'],
      }
    end`;
  const { payload, isError } = await functions.run(ruby(code), { name: 'Ünal' });
  assert.equal(isError, false, JSON.stringify(payload));
  const name = (payload as { function: string }).function;
  assert.deepEqual(payload, {
    greeting: 'Hello, Ünal!',
    ...{ function: name, version: '$LATEST', memory: '512', request: 36 },
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    group: `/aws/lambda/${name}`,
    ...{ stream: false, remaining: true, deadline: true, client: null, runtime: 'AWS_Lambda_ruby3.3' },
  });
});

test('of a batch, only the record that a Ruby function reports comes again', { skip }, async () => {
  const code = `
    require 'json'
    def handler(event:, context:)
      failed = event['Records'].reject do |record|
        puts "charged #{JSON.parse(record['body'])['amount']}"
        true
      rescue JSON::ParserError
        false
      end
      { batchItemFailures: failed.map { |record| { itemIdentifier: record['messageId'] } } }
    end`;
  const bodies = ['{"amount": 1}', 'no JSON', '{"amount": 3}'];
  const { dead, left, log } = await functions.handle(ruby(code), bodies);
  assert.deepEqual({ dead, left }, { dead: 'no JSON', left: 0 });
  assert.equal(log.match(/charged 1/g)?.length, 1);
  assert.equal(log.match(/charged 3/g)?.length, 1);
});

test('a method of a class in a module, in a folder, with another file of the package', { skip }, async () => {
  const files = {
    'lib/charge.rb': `
      require 'money/cents'
      module Ads
        class Charge
          def self.run(event:, context:) = Money.cents(event['amount'])
        end
      end`,
    'money/cents.rb': 'module Money; def self.cents(amount) = amount * 100; end',
  };
  const { payload } = await functions.run(ruby('', { handler: 'lib/charge.Ads::Charge.run', files }), {
    amount: 3,
  });
  assert.equal(payload, 300);
});

test(
  'what a Ruby function prints is in its log, before its answer, also without a line end',
  { skip },
  async () => {
    const code = `
    def handler(event:, context:)
      puts 'by puts'
      warn 'by warn'
      system('echo by a child')
      Logger.new($stdout).info('by the logger')
      $stdout.print 'without an end'
      nil
    end`;
    const { payload, log } = await functions.run(ruby(code));
    assert.equal(payload, null);
    for (const printed of ['by puts', 'by warn', 'by a child', 'without an end']) {
      assert.match(log, new RegExp(`^${printed}$`, 'm'), log);
    }
    assert.match(log, /^I, \[.* #\d+\]  INFO [0-9a-f-]{36} -- : by the logger$/m);
    assert.ok(log.indexOf('without an end') < log.indexOf('END RequestId'), log);
  },
);

test('the log of a Ruby function in JSON: the logger, its level, and errors', { skip }, async () => {
  const code = `
    def handler(event:, context:)
      logger = Logger.new($stdout)
      logger.info('hidden')
      logger.warn('seen')
      raise ArgumentError, 'no budget'
    end`;
  const { log } = await functions.failure(ruby(code, { logFormat: 'JSON', logLevel: 'WARN' }));
  const lines = log.split('\n').filter((line) => line.startsWith('{"timestamp"'));
  const [seen, error] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual([seen?.['level'], seen?.['message']], ['WARN', 'seen'], log);
  assert.match(String(seen?.['requestId']), /^[0-9a-f-]{36}$/);
  assert.deepEqual([error?.['level'], error?.['errorType']], ['ERROR', 'Function<ArgumentError>'], log);
  assert.doesNotMatch(log, /hidden/);
});

const failures: Readonly<
  Record<string, { brought: Brought; type: string; message: RegExp; trace?: RegExp }>
> = {
  'an error that is raised': {
    brought: ruby('def charge = raise("no budget")\ndef handler(event:, context:) = charge'),
    type: 'Function<RuntimeError>',
    message: /^no budget$/,
    trace: /^\/var\/task\/app\.rb:1:in [`'].*charge'$/,
  },
  'a method that is missing': {
    brought: ruby('', { handler: 'app.absent' }),
    type: 'Function<NoMethodError>',
    message: /undefined method .absent. for/,
  },
  'exit in a handler': {
    brought: ruby('def handler(event:, context:) = exit(3)'),
    type: 'Function<SystemExit>',
    message: /^exit$/,
  },
  'an answer that is no text': {
    brought: ruby('def handler(event:, context:) = "\\xff"'),
    type: 'Function<JSON::GeneratorError>',
    message: /\S/,
  },
  'a file that is missing': {
    brought: ruby('', { handler: 'other.handler' }),
    type: 'Init<LoadError>',
    message: /cannot load such file -- other/,
  },
  'a gem that is missing': {
    brought: ruby('require "nowhere"'),
    type: 'Init<LoadError>',
    message: /cannot load such file -- nowhere/,
    trace: /app\.rb:1/,
  },
  'a mistake in the syntax': {
    brought: ruby('def handler('),
    type: 'Init<SyntaxError>',
    message: /app\.rb:1/,
  },
  'a handler without a method': {
    brought: ruby('', { handler: 'app' }),
    type: 'Init<ArgumentError>',
    message: /^Invalid handler \["app"\], must be of form FILENAME\.METHOD/,
  },
};

for (const [failure, { brought, type, message, trace }] of Object.entries(failures)) {
  test(`the caller of a Ruby function is told: ${failure}`, { skip }, async () => {
    const told = await functions.failure(brought);
    assert.equal(told.errorType, type, JSON.stringify(told));
    assert.match(told.errorMessage, message);
    assert.ok(Array.isArray(told.stackTrace));
    if (trace !== undefined) assert.match(told.stackTrace[0] ?? '', trace);
    assert.ok(told.log.includes(type), told.log);
  });
}

test('after an error a Ruby function serves the next invocation in the same process', { skip }, async () => {
  const code =
    'COUNT = [0]\ndef handler(event:, context:)\n  COUNT[0] += 1\n  raise "first" if COUNT[0] == 1\n  COUNT[0]\nend';
  const name = await functions.create(ruby(code));
  assert.equal((await functions.invoke(name)).isError, true);
  assert.equal((await functions.invoke(name)).payload, 2);
});

test('the example in Ruby is deployed by one command', { skip }, async () => {
  const example = join(import.meta.dirname, '..', '..', 'examples', 'ruby');
  const said = await functions.command('deploy', example, '--queue', 'greetings');
  assert.match(said, /ruby is ready\./);
  assert.deepEqual((await functions.invoke('ruby', { name: 'Grace' })).payload, {
    greeting: 'Hello, Grace!',
  });
  await functions.sendUntil('greetings', '{"name": "Ada"}', 'ruby', 'Hello, Ada!');
});

test('an answer of a Ruby function above the limit is refused', { skip }, async () => {
  const told = await functions.failure(ruby('def handler(event:, context:) = "x" * 6_291_555'));
  assert.equal(told.errorType, 'Function.ResponseSizeTooLarge');
});

test('a gem that nobody here wrote, as Bundler puts it into a package', { skip }, async () => {
  const code = `
    require 'rack'
    require 'rack/lobster'
    APP = Rack::Lint.new(Rack::Lobster.new)
    def handler(event:, context:)
      request = Rack::MockRequest.env_for(event['rawPath'], params: event['queryStringParameters'])
      status, headers, body = Rack::Response[*APP.call(request)].finish
      text = +''
      body.each { |part| text << part }
      body.close
      { statusCode: status, headers: headers, body: text, from: Gem.loaded_specs['rack'].full_gem_path }
    end`;
  const files: Record<string, string | Uint8Array> = { 'app.rb': code };
  for (const [path, bytes] of filesOfPackage('ruby-rack')) {
    const inGems = /^usr\/share\/rubygems-integration\/all\/(.*)$/.exec(path)?.[1];
    if (inGems !== undefined) files[`vendor/bundle/ruby/3.3.0/${inGems}`] = bytes;
  }
  const event = { rawPath: '/', queryStringParameters: { flip: 'left' } };
  const { payload, isError } = await functions.run(ruby(code, { files }), event);
  assert.equal(isError, false, JSON.stringify(payload));
  const told = payload as Record<string, string>;
  assert.equal(told['statusCode'], 200);
  assert.match(told['body'] ?? '', /<title>Lobstericious!<\/title>/);
  assert.match(told['from'] ?? '', /^\/var\/task\/vendor\/bundle\/ruby\/3\.3\.0\/gems\/rack-/);
});
