using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;

namespace Millrace.Bootstrap
{
    /// <summary>The handler, or what must be there to run it, is not as AWS demands.</summary>
    internal sealed class LambdaValidationException : Exception
    {
        public LambdaValidationException(string message) : base(message)
        {
        }
    }

    /// <summary>An exception as the caller of the function gets it.</summary>
    internal sealed class PostedError
    {
        private const int MostCauses = 8;
        private readonly Exception exception;

        public PostedError(Exception thrown)
        {
            exception = Unwrapped(thrown);
        }

        /// <summary>The name of the exception's class, without its namespace.</summary>
        public string Type => exception.GetType().Name;

        /// <summary>As it stands in the log.</summary>
        public string Text
        {
            get
            {
                var lines = new[] { exception.GetType().FullName + ": " + exception.Message };
                return string.Join("\n", lines.Concat(TraceOf(exception).Select(line => "   " + line)));
            }
        }

        public string ToJson() => Json(exception, 0);

        /// <summary>What was thrown, without the exceptions that reflection and tasks put around it.</summary>
        private static Exception Unwrapped(Exception thrown)
        {
            while (thrown.InnerException != null)
            {
                var many = thrown as AggregateException;
                if (!(thrown is TargetInvocationException) && (many == null || many.InnerExceptions.Count > 1)) break;
                thrown = thrown.InnerException;
            }
            return thrown;
        }

        private static string Json(Exception exception, int depth)
        {
            var text = new StringBuilder("{\"errorType\":");
            text.Append(JsonText.Quoted(exception.GetType().Name));
            text.Append(",\"errorMessage\":").Append(JsonText.Quoted(exception.Message));
            text.Append(",\"stackTrace\":[");
            text.Append(string.Join(",", TraceOf(exception).Select(JsonText.Quoted)));
            text.Append(']');
            if (exception.InnerException != null && depth < MostCauses)
                text.Append(",\"cause\":").Append(Json(exception.InnerException, depth + 1));
            return text.Append('}').ToString();
        }

        /// <summary>The function's own part of the trace: it ends where this runtime begins.</summary>
        private static IEnumerable<string> TraceOf(Exception exception)
        {
            return (exception.StackTrace ?? "").Split('\n')
                .Select(line => WithoutOffset(line.Trim()))
                .Where(line => line.StartsWith("at ", StringComparison.Ordinal))
                .TakeWhile(line => !line.StartsWith("at Millrace.Bootstrap.", StringComparison.Ordinal))
                .Where(line => !IsReflection(line));
        }

        /// <summary>mono adds the place in the code of the machine: `at A.B () [0x00001] in &lt;…&gt;:0`.</summary>
        private static string WithoutOffset(string line)
        {
            var offset = line.IndexOf(" [0x", StringComparison.Ordinal);
            return offset < 0 ? line : line.Substring(0, offset);
        }

        private static bool IsReflection(string line)
        {
            return line.StartsWith("at (wrapper", StringComparison.Ordinal) ||
                   line.StartsWith("at System.Reflection.", StringComparison.Ordinal) ||
                   line.StartsWith("at System.RuntimeMethodHandle.", StringComparison.Ordinal);
        }
    }

    /// <summary>Text as JSON.</summary>
    internal static class JsonText
    {
        public static string Quoted(string text)
        {
            var quoted = new StringBuilder("\"");
            foreach (var letter in text ?? "")
            {
                if (letter == '"' || letter == '\\') quoted.Append('\\').Append(letter);
                else if (letter < ' ' || char.IsSurrogate(letter)) quoted.Append("\\u").Append(((int)letter).ToString("x4"));
                else quoted.Append(letter);
            }
            return quoted.Append('"').ToString();
        }
    }
}
