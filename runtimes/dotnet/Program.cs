using System;

namespace Millrace.Bootstrap
{
    /// <summary>Runs one .NET function: loads its handler once, then one invocation after the other.</summary>
    internal static class Program
    {
        private const int ExitInitError = 1;

        private static int Main(string[] arguments)
        {
            var api = new RuntimeApi(Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API"));
            var log = new FunctionLog();
            log.TakeConsole();
            var taskRoot = Environment.GetEnvironmentVariable("LAMBDA_TASK_ROOT") ?? "/var/task";
            PackageAssemblies.LookIn(taskRoot);
            Handler handler;
            try
            {
                handler = Handler.Load(arguments.Length > 0 ? arguments[0] : "");
            }
            catch (Exception thrown)
            {
                var error = new PostedError(thrown);
                log.Error(error);
                api.PostInitError(error);
                return ExitInitError;
            }
            while (true) Serve(api, log, handler);
        }

        private static void Serve(RuntimeApi api, FunctionLog log, Handler handler)
        {
            var invocation = api.Next();
            log.RequestId = invocation.RequestId;
            Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", invocation.Header("lambda-runtime-trace-id"));
            byte[] answer;
            try
            {
                answer = handler.Run(invocation);
            }
            catch (Exception thrown)
            {
                var error = new PostedError(thrown);
                log.Error(error);
                log.EndInvocation();
                api.PostError(invocation.RequestId, error);
                return;
            }
            log.EndInvocation();
            api.PostAnswer(invocation.RequestId, answer);
        }
    }
}
