using System;
using System.Linq;
using System.Text.Json.Nodes;

namespace Later
{
    public class Function
    {
        /// <summary>Calls what .NET 9 was the first to have: Enumerable.Index.</summary>
        public JsonNode Last(JsonNode input)
        {
            var (index, item) = input["names"]!.AsArray().Index().Last();
            return new JsonObject { ["index"] = index, ["name"] = item!.ToString(), ["on"] = Environment.Version.Major };
        }
    }
}
