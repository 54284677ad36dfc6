namespace Greeter

open System
open System.Text.Json

type Answer = { greeting: string; on: int }

type Function() =
    /// Greets by name, or prints a greeting for each message; says on which .NET.
    member _.Greet(input: JsonElement) =
        async {
            do! Async.Sleep 1
            match input.TryGetProperty "Records" with
            | true, records ->
                for record in records.EnumerateArray() do
                    use order = JsonDocument.Parse(record.GetProperty("body").GetString())
                    printfn "Hello, %s!" (order.RootElement.GetProperty("name").GetString())
                return { greeting = ""; on = 0 }
            | _ ->
                let name = input.GetProperty("name").GetString()
                return { greeting = sprintf "Hello, %s!" name; on = Environment.Version.Major }
        }
        |> Async.StartAsTask
