// Answers an invocation with a greeting, and prints one for each message of a queue. A message without a name is
// reported, and comes again alone.
//
//   millrace deploy examples/csharp --queue greetings
using System;
using System.Collections.Generic;

namespace Greetings
{
    /// <summary>A call with a name, or a batch of messages: whatever is not sent is null.</summary>
    public class Event
    {
        public string Name { get; set; }
        public List<Record> Records { get; set; }
    }

    public class Record
    {
        public string MessageId { get; set; }
        public string Body { get; set; }
    }

    public class Answer
    {
        public string greeting { get; set; }
        public List<Failure> batchItemFailures { get; set; } = new List<Failure>();
    }

    public class Failure
    {
        public string itemIdentifier { get; set; }
    }

    public class Function
    {
        public Answer Greet(Event input)
        {
            if (input.Records == null) return new Answer { greeting = Greeting(input.Name ?? "world") };
            var answer = new Answer();
            foreach (var record in input.Records)
            {
                if (string.IsNullOrWhiteSpace(record.Body)) answer.batchItemFailures.Add(new Failure { itemIdentifier = record.MessageId });
                else Console.WriteLine(Greeting(record.Body));
            }
            return answer;
        }

        private static string Greeting(string name) => "Hello, " + name + "!";
    }
}
