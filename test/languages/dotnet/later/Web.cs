using System.Collections.Generic;
using Microsoft.AspNetCore.WebUtilities;

namespace Later
{
    public class Function
    {
        /// <summary>Calls a part of ASP.NET Core.</summary>
        public string Address(Dictionary<string, string> query) => QueryHelpers.AddQueryString("/shop", query);
    }
}
