Imports System.Text.Json
Imports System.Threading.Tasks

Public Class Record
    Public Property Body As String
End Class

Public Class Order
    Public Property Name As String
    Public Property Records As List(Of Record)
End Class

Public Class Answer
    Public Property greeting As String
    Public Property [on] As Integer
End Class

Public Class [Function]
    ''' <summary>Greets by name, or prints a greeting for each message; says on which .NET.</summary>
    Public Async Function Greet(input As Order) As Task(Of Answer)
        Await Task.Delay(1)
        If input.Records Is Nothing Then
            Return New Answer With {.greeting = $"Hello, {input.Name}!", .on = Environment.Version.Major}
        End If
        For Each record In input.Records
            Using order = JsonDocument.Parse(record.Body)
                Console.WriteLine($"Hello, {order.RootElement.GetProperty("name").GetString()}!")
            End Using
        Next
        Return New Answer()
    End Function
End Class
