using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Millrace.Bootstrap
{
    /// <summary>The function's log: each line of the console with its time, request and level, as AWS writes it.</summary>
    internal sealed class FunctionLog
    {
        private static readonly string[] Levels = { "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL" };
        private static readonly string[] TextNames = { "trce", "dbug", "info", "warn", "fail", "crit" };
        private static readonly string[] JsonNames = { "Trace", "Debug", "Information", "Warning", "Error", "Critical" };
        public const int Information = 2;
        public const int Failure = 4;

        private readonly bool asJson = Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_FORMAT") == "JSON";
        private readonly bool isFormatted =
            !string.Equals(Environment.GetEnvironmentVariable("AWS_LAMBDA_HANDLER_LOG_FORMAT"), "Unformatted", StringComparison.OrdinalIgnoreCase);
        private readonly int lowest =
            Array.IndexOf(Levels, (Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_LEVEL") ?? "").ToUpperInvariant());
        private readonly object oneAtATime = new object();
        private readonly List<LineWriter> writers = new List<LineWriter>();
        private Stream output;

        /// <summary>Of the invocation that runs; null before the first.</summary>
        public string RequestId { private get; set; }

        /// <summary>From now on the console writes here.</summary>
        public void TakeConsole()
        {
            output = Console.OpenStandardOutput();
            Console.SetOut(WriterFor(Information));
            Console.SetError(WriterFor(Failure));
        }

        public void Error(PostedError error) => Write(Failure, error.Text);

        /// <summary>What was written without a line end becomes a line.</summary>
        public void EndInvocation()
        {
            foreach (var writer in writers) writer.EndLine();
        }

        private TextWriter WriterFor(int level)
        {
            var writer = new LineWriter(line => Write(level, line));
            writers.Add(writer);
            return TextWriter.Synchronized(writer);
        }

        private void Write(int level, string message)
        {
            if (level < lowest) return;
            var bytes = Encoding.UTF8.GetBytes((isFormatted ? Formatted(level, message) : message) + "\n");
            lock (oneAtATime)
            {
                output.Write(bytes, 0, bytes.Length);
                output.Flush();
            }
        }

        private string Formatted(int level, string message)
        {
            var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
            if (!asJson) return time + "\t" + RequestId + "\t" + TextNames[level] + "\t" + message;
            return "{\"timestamp\":\"" + time + "\",\"level\":\"" + JsonNames[level] + "\",\"requestId\":" +
                   JsonText.Quoted(RequestId) + ",\"message\":" + JsonText.Quoted(message) + "}";
        }
    }

    /// <summary>Cuts what is written into lines.</summary>
    internal sealed class LineWriter : TextWriter
    {
        private readonly StringBuilder line = new StringBuilder();
        private readonly Action<string> write;

        public LineWriter(Action<string> write)
        {
            this.write = write;
            CoreNewLine = new[] { '\n' };
        }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char letter)
        {
            if (letter != '\n') line.Append(letter);
            else Complete();
        }

        public override void Write(string text)
        {
            if (text == null) return;
            var from = 0;
            for (var at = text.IndexOf('\n'); at >= 0; at = text.IndexOf('\n', from))
            {
                line.Append(text, from, at - from);
                Complete();
                from = at + 1;
            }
            line.Append(text, from, text.Length - from);
        }

        public void EndLine()
        {
            if (line.Length > 0) Complete();
        }

        private void Complete()
        {
            var text = line.ToString();
            line.Clear();
            write(text);
        }
    }
}
