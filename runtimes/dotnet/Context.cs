using System;
using System.Collections.Generic;
using System.Globalization;

namespace Millrace.Bootstrap
{
    /// <summary>What a handler gets as its context: an object of the interface that the function brought along.</summary>
    internal static class Context
    {
        private static readonly DateTime Epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        /// <param name="type">ILambdaContext, as the function's own assemblies define it.</param>
        public static object For(Type type, Invocation invocation)
        {
            var endsAt = Epoch.AddMilliseconds(long.Parse(invocation.Header("lambda-runtime-deadline-ms"), CultureInfo.InvariantCulture));
            return InterfaceObject.Of(type, (name, returned, arguments) =>
            {
                switch (name)
                {
                    case "get_AwsRequestId": return invocation.RequestId;
                    case "get_InvokedFunctionArn": return invocation.Header("lambda-runtime-invoked-function-arn");
                    case "get_TraceId": return invocation.Header("lambda-runtime-trace-id");
                    case "get_TenantId": return invocation.Header("lambda-runtime-aws-tenant-id");
                    case "get_FunctionName": return Variable("AWS_LAMBDA_FUNCTION_NAME");
                    case "get_FunctionVersion": return Variable("AWS_LAMBDA_FUNCTION_VERSION");
                    case "get_LogGroupName": return Variable("AWS_LAMBDA_LOG_GROUP_NAME");
                    case "get_LogStreamName": return Variable("AWS_LAMBDA_LOG_STREAM_NAME");
                    case "get_MemoryLimitInMB": return int.Parse(Variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), CultureInfo.InvariantCulture);
                    case "get_RemainingTime": return endsAt - DateTime.UtcNow;
                    case "get_Logger": return LoggerFor(returned);
                    case "get_Identity": return InterfaceObject.Of(returned, (_, __, ___) => null);
                    case "get_ClientContext": return ClientContextFor(returned, invocation.Header("lambda-runtime-client-context"));
                    default: return null;
                }
            });
        }

        /// <summary>Its lines go the way of the console's.</summary>
        private static object LoggerFor(Type type)
        {
            return InterfaceObject.Of(type, (name, _, arguments) =>
            {
                var text = arguments.Length == 0 ? "" : Convert.ToString(arguments[arguments.Length - 1], CultureInfo.InvariantCulture);
                if (name == "Log" && arguments.Length == 1) Console.Write(text);
                else Console.WriteLine(text);
                return null;
            });
        }

        private static object ClientContextFor(Type type, string json)
        {
            if (string.IsNullOrEmpty(json)) return null;
            var all = (Dictionary<string, Dictionary<string, string>>)JsonLibrary.Parse(json, typeof(Dictionary<string, Dictionary<string, string>>));
            Func<string, Dictionary<string, string>> partOf = name => all.TryGetValue(name, out var part) ? part : new Dictionary<string, string>();
            return InterfaceObject.Of(type, (name, returned, _) =>
            {
                if (name == "get_Custom") return partOf("custom");
                if (name == "get_Environment") return partOf("env");
                return name == "get_Client" ? InterfaceObject.Of(returned, (member, __, ___) => Member(partOf("client"), member)) : null;
            });
        }

        /// <summary>get_AppVersionCode is "app_version_code".</summary>
        private static string Member(IDictionary<string, string> values, string getter)
        {
            var name = "";
            foreach (var letter in getter.Substring("get_".Length))
                name += char.IsUpper(letter) && name.Length > 0 ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString();
            return values.TryGetValue(name, out var value) ? value : null;
        }

        private static string Variable(string name) => Environment.GetEnvironmentVariable(name);
    }
}
