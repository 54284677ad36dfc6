// A program that asks for its events itself: what an executable assembly with AWS's client does, without the client.
using System;
using System.IO;
using System.Net;

internal static class Program
{
    private static void Main(string[] arguments)
    {
        var address = "http://" + Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/";
        while (true)
        {
            string id, text;
            using (var next = WebRequest.CreateHttp(address + "next").GetResponse())
            using (var reader = new StreamReader(next.GetResponseStream()))
            {
                id = next.Headers["Lambda-Runtime-Aws-Request-Id"];
                text = reader.ReadToEnd();
            }
            Console.WriteLine("got " + text);
            var answer = WebRequest.CreateHttp(address + id + "/response");
            answer.Method = "POST";
            using (var writer = new StreamWriter(answer.GetRequestStream()))
                writer.Write("{\"program\":\"" + string.Join(" ", arguments) + "\",\"event\":" + text + "}");
            answer.GetResponse().Close();
        }
    }
}
