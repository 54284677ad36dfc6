using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Threading.Tasks;

namespace Greeter
{
    public class Function
    {
        /// <summary>Greets by name, or prints a greeting for each message; says on which .NET.</summary>
        public async Task<Dictionary<string, object>> Greet(JsonElement input)
        {
            await Task.Delay(1);
            if (!input.TryGetProperty("Records", out var records)) return Answer(input.GetProperty("name").GetString());
            foreach (var record in records.EnumerateArray())
            {
                using var order = JsonDocument.Parse(record.GetProperty("body").GetString()!);
                Console.WriteLine($"Hello, {order.RootElement.GetProperty("name").GetString()}!");
            }
            return new Dictionary<string, object>();
        }

        private static Dictionary<string, object> Answer(string name) => new Dictionary<string, object>
        {
            ["greeting"] = $"Hello, {name}!",
            ["on"] = Environment.Version.Major,
        };
    }
}
