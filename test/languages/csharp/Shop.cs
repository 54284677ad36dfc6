using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using Amazon.Lambda.Core;

namespace Shop
{
    public class Order
    {
        public string Name { get; set; }
        public int Amount { get; set; }
    }

    public class Record
    {
        public string MessageId { get; set; }
        public string Body { get; set; }
    }

    public class Batch
    {
        public List<Record> Records { get; set; }
    }

    public class Failure
    {
        public string itemIdentifier { get; set; }
    }

    public class BatchAnswer
    {
        public List<Failure> batchItemFailures { get; set; }
    }

    public class Functions
    {
        private int count;

        public Order Poco(Order order) => new Order { Name = order.Name + "!", Amount = order.Amount * 2 };

        public Stream Raw(Stream stream) => stream;

        public string Text(string text) => text + "!";

        public static async Task<string> Later(string text)
        {
            await Task.Delay(1);
            return text + " later";
        }

        public async Task Nothing(Order order)
        {
            await Task.Delay(1);
            Console.WriteLine("did nothing for " + order.Name);
        }

        public int Count()
        {
            count++;
            if (count == 1) throw new InvalidOperationException("the first");
            return count;
        }

        public BatchAnswer Charge(Batch batch)
        {
            var failures = new List<Failure>();
            foreach (var record in batch.Records)
            {
                if (int.TryParse(record.Body, out var amount)) Console.WriteLine("charged " + amount);
                else failures.Add(new Failure { itemIdentifier = record.MessageId });
            }
            return new BatchAnswer { batchItemFailures = failures };
        }

        public Dictionary<string, string> Told(Order order, ILambdaContext context)
        {
            context.Logger.LogLine("by the logger");
            var client = context.ClientContext;
            return new Dictionary<string, string>
            {
                ["function"] = context.FunctionName,
                ["version"] = context.FunctionVersion,
                ["arn"] = context.InvokedFunctionArn,
                ["memory"] = context.MemoryLimitInMB.ToString(),
                ["request"] = context.AwsRequestId.Length.ToString(),
                ["group"] = context.LogGroupName,
                ["hasStream"] = (context.LogStreamName.Length > 0).ToString(),
                ["hasTime"] = (context.RemainingTime > TimeSpan.Zero && context.RemainingTime < TimeSpan.FromMinutes(1)).ToString(),
                ["identity"] = context.Identity.IdentityId ?? "none",
                ["client"] = client == null ? "none" : client.Custom["colour"] + " in " + client.Client.AppTitle,
                ["runtime"] = Environment.GetEnvironmentVariable("AWS_EXECUTION_ENV"),
            };
        }

        /// <summary>Makes more garbage than there is memory, and answers on what.</summary>
        public string Garbage(int megabytes)
        {
            var kept = new byte[8][];
            for (var count = 0; count < megabytes; count++)
            {
                var block = new byte[1 << 20];
                for (var at = 0; at < block.Length; at += 4096) block[at] = 1;
                kept[count % kept.Length] = block;
            }
            return Type.GetType("Mono.Runtime") == null ? ".NET" : "mono";
        }

        /// <summary>Keeps more than there is memory.</summary>
        public int Hoard(int megabytes)
        {
            var kept = new List<byte[]>();
            while (kept.Count < megabytes)
            {
                var block = new byte[1 << 20];
                for (var at = 0; at < block.Length; at += 4096) block[at] = 1;
                kept.Add(block);
            }
            return kept.Count;
        }

        public void Prints()
        {
            Console.WriteLine("to the output");
            Console.Error.WriteLine("to the error output");
            Console.Write("without an end");
        }

        public void Throws(Order order)
        {
            try
            {
                throw new FormatException("no number");
            }
            catch (FormatException inner)
            {
                throw new InvalidOperationException("no budget for " + order.Name, inner);
            }
        }

        public async Task<string> ThrowsLater(string text)
        {
            await Task.Delay(1);
            throw new ArgumentException("too late");
        }

        public async void Forgets(Order order) => await Task.Delay(1);

        public string Two(string text) => text;

        public string Two(Order order) => order.Name;

        [LambdaSerializer(typeof(Backwards))]
        public string Reversed(string text) => "<" + text + ">";
    }

    public class Unmakeable
    {
        public Unmakeable()
        {
            throw new InvalidOperationException("cannot be made");
        }

        public string Text(string text) => text;
    }

    /// <summary>A serializer that can be told from every other.</summary>
    public class Backwards : ILambdaSerializer
    {
        public T Deserialize<T>(Stream requestStream)
        {
            var letters = new StreamReader(requestStream).ReadToEnd().Trim('"').ToCharArray();
            Array.Reverse(letters);
            return (T)(object)new string(letters);
        }

        public void Serialize<T>(T response, Stream responseStream)
        {
            var bytes = Encoding.UTF8.GetBytes("[\"" + response + "\"]");
            responseStream.Write(bytes, 0, bytes.Length);
        }
    }
}
