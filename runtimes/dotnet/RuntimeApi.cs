using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;

namespace Millrace.Bootstrap
{
    /// <summary>One event with its headers, whose names are in small letters.</summary>
    internal sealed class Invocation
    {
        private readonly IDictionary<string, string> headers;

        public Invocation(IDictionary<string, string> headers, byte[] payload)
        {
            this.headers = headers;
            Payload = payload;
        }

        public byte[] Payload { get; }

        public string RequestId => Header("lambda-runtime-aws-request-id");

        /// <summary>Null when it was not sent.</summary>
        public string Header(string name) => headers.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>
    /// The Lambda Runtime API over one connection. By hand, because loading an HTTP client takes longer than everything
    /// else that is done before the first event. Answers come with a length, never in chunks.
    /// </summary>
    internal sealed class RuntimeApi
    {
        private const string Base = "/2018-06-01/runtime/";
        private readonly string address;
        private readonly NetworkStream stream;
        private readonly byte[] buffer = new byte[65536];
        private int start;
        private int end;

        /// <param name="address">host:port</param>
        public RuntimeApi(string address)
        {
            this.address = address;
            var colon = address.LastIndexOf(':');
            var port = int.Parse(address.Substring(colon + 1), CultureInfo.InvariantCulture);
            var client = new TcpClient(address.Substring(0, colon), port) { NoDelay = true };
            stream = client.GetStream();
        }

        /// <summary>Waits for the next event.</summary>
        public Invocation Next()
        {
            Send("GET", "invocation/next", "", new byte[0]);
            var headers = ReadHead();
            return new Invocation(headers, ReadBody(headers));
        }

        public void PostAnswer(string requestId, byte[] payload)
        {
            Post("invocation/" + requestId + "/response", "Content-Type: application/json\r\n", payload);
        }

        public void PostError(string requestId, PostedError error)
        {
            Post("invocation/" + requestId + "/error", ErrorHeaders(error), Encoding.UTF8.GetBytes(error.ToJson()));
        }

        public void PostInitError(PostedError error)
        {
            Post("init/error", ErrorHeaders(error), Encoding.UTF8.GetBytes(error.ToJson()));
        }

        private static string ErrorHeaders(PostedError error)
        {
            return "Content-Type: application/vnd.aws.lambda.error+json\r\n" +
                   "Lambda-Runtime-Function-Error-Type: " + error.Type + "\r\n";
        }

        /// <summary>Whatever the platform thinks of it: it has then told the caller already.</summary>
        private void Post(string path, string headers, byte[] body)
        {
            Send("POST", path, headers, body);
            ReadBody(ReadHead());
        }

        private void Send(string method, string path, string headers, byte[] body)
        {
            var head = method + " " + Base + path + " HTTP/1.1\r\nHost: " + address + "\r\n" + headers +
                       "Content-Length: " + body.Length.ToString(CultureInfo.InvariantCulture) + "\r\n\r\n";
            var headBytes = Encoding.ASCII.GetBytes(head);
            var all = new byte[headBytes.Length + body.Length];
            Buffer.BlockCopy(headBytes, 0, all, 0, headBytes.Length);
            Buffer.BlockCopy(body, 0, all, headBytes.Length, body.Length);
            stream.Write(all, 0, all.Length);
        }

        private IDictionary<string, string> ReadHead()
        {
            var headers = new Dictionary<string, string>();
            ReadLine();
            for (var line = ReadLine(); line.Length > 0; line = ReadLine())
            {
                var colon = line.IndexOf(':');
                if (colon > 0) headers[line.Substring(0, colon).ToLowerInvariant()] = line.Substring(colon + 1).Trim();
            }
            return headers;
        }

        private string ReadLine()
        {
            var line = new MemoryStream();
            while (true)
            {
                if (start == end) Fill();
                var found = Array.IndexOf(buffer, (byte)'\n', start, end - start);
                var stop = found < 0 ? end : found;
                line.Write(buffer, start, stop - start);
                start = found < 0 ? end : found + 1;
                if (found >= 0) return Encoding.UTF8.GetString(line.ToArray()).TrimEnd('\r');
            }
        }

        private byte[] ReadBody(IDictionary<string, string> headers)
        {
            var length = headers.TryGetValue("content-length", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
            var body = new byte[length];
            for (var done = 0; done < length;)
            {
                if (start == end) Fill();
                var count = Math.Min(end - start, length - done);
                Buffer.BlockCopy(buffer, start, body, done, count);
                start += count;
                done += count;
            }
            return body;
        }

        private void Fill()
        {
            start = 0;
            end = stream.Read(buffer, 0, buffer.Length);
            // The platform has gone, and this environment with it.
            if (end == 0) Environment.Exit(0);
        }
    }
}
