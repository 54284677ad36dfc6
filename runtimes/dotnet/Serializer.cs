using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;

namespace Millrace.Bootstrap
{
    /// <summary>
    /// Turns events into what a handler takes, and its answers into bytes. Streams pass through. For everything else the
    /// serializer that the function names by AWS's attribute; without one, the JSON library that is there.
    /// </summary>
    internal sealed class Serializer
    {
        private const string Attribute = "Amazon.Lambda.Core.LambdaSerializerAttribute";
        private const string Interface = "Amazon.Lambda.Core.ILambdaSerializer";

        private readonly object own;
        private readonly MethodInfo read;
        private readonly MethodInfo print;

        private Serializer(object own)
        {
            this.own = own;
            var port = own?.GetType().GetInterfaces().FirstOrDefault(each => each.FullName == Interface);
            if (own != null && port == null)
                throw new LambdaValidationException(string.Format("The '{0}' class is invalid: it does not implement the 'ILambdaSerializer' interface.", own.GetType()));
            read = port?.GetMethod("Deserialize");
            print = port?.GetMethod("Serialize");
        }

        /// <summary>By the attribute on the method, else on its assembly.</summary>
        public static Serializer Of(MethodInfo method)
        {
            var named = method.GetCustomAttributes(false).FirstOrDefault(IsAttribute) ??
                        method.DeclaringType.Assembly.GetCustomAttributes(false).FirstOrDefault(IsAttribute);
            var type = (Type)named?.GetType().GetProperty("SerializerType")?.GetValue(named);
            if (named != null && type == null)
                throw new LambdaValidationException(string.Format("The 'SerializerType' property on attribute class '{0}' is not set.", named.GetType()));
            return new Serializer(type == null ? null : Activator.CreateInstance(type));
        }

        public object Read(byte[] payload, Type type)
        {
            var stream = new MemoryStream(payload);
            if (typeof(Stream).IsAssignableFrom(type)) return stream;
            if (own != null) return read.MakeGenericMethod(type).Invoke(own, new object[] { stream });
            return JsonLibrary.Parse(Encoding.UTF8.GetString(payload), type);
        }

        public byte[] Print(object answer, Type type)
        {
            var stream = new MemoryStream();
            if (answer is Stream given) given.CopyTo(stream);
            else if (own != null) print.MakeGenericMethod(type).Invoke(own, new[] { answer, stream });
            else return Encoding.UTF8.GetBytes(JsonLibrary.Print(answer, type));
            return stream.ToArray();
        }

        private static bool IsAttribute(object attribute)
        {
            for (var type = attribute.GetType(); type != null; type = type.BaseType)
                if (type.FullName == Attribute) return true;
            return false;
        }
    }

    /// <summary>The JSON library of this .NET: its own, or Newtonsoft's from the package or from the machine.</summary>
    internal static class JsonLibrary
    {
        private static readonly Type Own = Type.GetType("System.Text.Json.JsonSerializer, System.Text.Json");
        private static readonly Lazy<Type> Newtonsoft = new Lazy<Type>(FindNewtonsoft);
        private static readonly Lazy<object> Options = new Lazy<object>(MakeOptions);

        public static object Parse(string text, Type type)
        {
            if (Own != null) return Call(Own, "Deserialize", new[] { typeof(string), typeof(Type), Options.Value.GetType() }, text, type, Options.Value);
            return Call(Newtonsoft.Value, "DeserializeObject", new[] { typeof(string), typeof(Type) }, text, type);
        }

        public static string Print(object value, Type type)
        {
            if (Own != null) return (string)Call(Own, "Serialize", new[] { typeof(object), typeof(Type), Options.Value.GetType() }, value, type, Options.Value);
            return (string)Call(Newtonsoft.Value, "SerializeObject", new[] { typeof(object) }, value);
        }

        private static object Call(Type type, string name, Type[] parameters, params object[] arguments)
        {
            return type.GetMethod(name, parameters).Invoke(null, arguments);
        }

        /// <summary>Members by their names in whatever case, and text as it is: as AWS's serializer has this library work.</summary>
        private static object MakeOptions()
        {
            var options = Activator.CreateInstance(Own.Assembly.GetType("System.Text.Json.JsonSerializerOptions"));
            options.GetType().GetProperty("PropertyNameCaseInsensitive").SetValue(options, true);
            var encoder = options.GetType().GetProperty("Encoder");
            encoder.SetValue(options, encoder.PropertyType.GetProperty("UnsafeRelaxedJsonEscaping").GetValue(null));
            return options;
        }

        private static Type FindNewtonsoft()
        {
            const string missing = "This function takes or answers more than streams, and no JSON library is there. Add Newtonsoft.Json.dll to the package, or install it on the machine: apt-get install libnewtonsoft-json5.0-cil";
            try
            {
                return Assembly.Load("Newtonsoft.Json").GetType("Newtonsoft.Json.JsonConvert");
            }
            catch (FileNotFoundException)
            {
#pragma warning disable 618 // The machine's own has a version, which nobody here needs to know.
                var assembly = Assembly.LoadWithPartialName("Newtonsoft.Json");
#pragma warning restore 618
                return assembly?.GetType("Newtonsoft.Json.JsonConvert") ?? throw new LambdaValidationException(missing);
            }
        }
    }
}
