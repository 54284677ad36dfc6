using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace Millrace.Bootstrap
{
    /// <summary>
    /// The method that a handler string names, `Assembly::Namespace.Class::Method`: it takes the event, the context, both
    /// or nothing, and answers a value, a stream, a task of either, or nothing. The texts of its errors are AWS's.
    /// </summary>
    internal sealed class Handler
    {
        private const string Form = "The valid format is 'ASSEMBLY::TYPE::METHOD'.";
        private const string ContextType = "Amazon.Lambda.Core.ILambdaContext";

        private readonly MethodInfo method;
        private readonly object target;
        private readonly ParameterInfo input;
        private readonly ParameterInfo context;
        private readonly Serializer serializer;

        private Handler(MethodInfo method)
        {
            this.method = method;
            var parameters = method.GetParameters();
            if (parameters.Length > 2)
                throw Invalid("Method '{0}' of type '{1}' is not supported: the method has more than 2 parameters.", method.Name, method.DeclaringType);
            if (parameters.Length == 2 && !IsContext(parameters[1]))
                throw Invalid("Method '{0}' of type '{1}' is not supported: the method has 2 parameters, but the second parameter is not of type '{2}'.", method.Name, method.DeclaringType, ContextType);
            input = parameters.FirstOrDefault(parameter => !IsContext(parameter));
            context = parameters.FirstOrDefault(IsContext);
            serializer = Serializer.Of(method);
            target = method.IsStatic ? null : Activator.CreateInstance(method.DeclaringType);
        }

        /// <summary>Loads the assembly and makes the object whose method it is.</summary>
        public static Handler Load(string handler)
        {
            var parts = handler.Split(new[] { "::" }, StringSplitOptions.None);
            if (parts.Length != 3) throw Invalid("Invalid lambda function handler: '{0}'. " + Form, handler);
            var names = new[] { "assembly", "type", "method" };
            for (var index = 0; index < 3; index++)
                if (parts[index].Trim().Length == 0)
                    throw Invalid("Invalid lambda function handler: '{0}', the {1} is missing. " + Form, handler, names[index]);
            var assembly = AssemblyOf(parts[0].Trim());
            var type = assembly.GetType(parts[1].Trim());
            if (type == null) throw Invalid("Unable to load type '{0}' from assembly '{1}'.", parts[1], parts[0]);
            return new Handler(MethodOf(type, parts[2].Trim(), parts[0]));
        }

        /// <summary>Runs one invocation; throws what the function throws.</summary>
        public byte[] Run(Invocation invocation)
        {
            var arguments = method.GetParameters()
                .Select(parameter => parameter == context
                    ? Context.For(parameter.ParameterType, invocation)
                    : serializer.Read(invocation.Payload, input.ParameterType))
                .ToArray();
            var answer = method.Invoke(target, arguments);
            var type = method.ReturnType;
            if (answer is Task task)
            {
                task.GetAwaiter().GetResult();
                type = ResultTypeOf(type);
                answer = type == typeof(void) ? null : answer.GetType().GetProperty("Result").GetValue(answer);
            }
            return type == typeof(void) ? new byte[0] : serializer.Print(answer, type);
        }

        private static bool IsContext(ParameterInfo parameter) => parameter.ParameterType.FullName == ContextType;

        /// <summary>What a task answers; void for one that answers nothing.</summary>
        private static Type ResultTypeOf(Type type)
        {
            for (; type != null; type = type.BaseType)
                if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
                    return type.GetGenericArguments()[0];
            return typeof(void);
        }

        private static Assembly AssemblyOf(string name)
        {
            try
            {
                return Assembly.Load(new AssemblyName(name));
            }
            catch (FileNotFoundException)
            {
                throw Invalid("Could not find the specified handler assembly with the file name '{0}, Culture=neutral, PublicKeyToken=null'. The assembly should be located in the root of your uploaded .zip file.", name);
            }
            catch (Exception)
            {
                throw Invalid("Unable to load assembly '{0}'.", name);
            }
        }

        private static MethodInfo MethodOf(Type type, string name, string assembly)
        {
            const BindingFlags any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
            var found = type.GetMethods(any).Where(each => each.Name == name || each.ToString() == name).ToArray();
            if (found.Length == 0)
                throw Invalid("Unable to find method '{0}' in type '{1}' from assembly '{2}': Found no methods matching method name '{0}'.", name, type, assembly);
            if (found.Length > 1)
                throw Invalid("The method '{0}' in type '{1}' appears to have a number of overloads. To call this method please specify a complete method signature. Possible candidates are:\n{2}.", name, type, string.Join("\n", found.Select(each => each.ToString())));
            Check(found[0], type);
            return found[0];
        }

        private static void Check(MethodInfo method, Type type)
        {
            if (type.IsGenericTypeDefinition)
                throw Invalid("The type '{0}' cannot be used as a Lambda Handler type because it is generic. Handler methods cannot be located in generic types. Please specify a handler method in a non-generic type.", type);
            if (method.IsAbstract)
                throw Invalid("The method '{0}' cannot be used as a Lambda Handler because it is an abstract method. Handler methods cannot be abstract. Please specify a non-abstract handler method.", method);
            if (type.IsAbstract && !method.IsStatic)
                throw Invalid("The instance method '{0}' cannot be used as a Lambda Handler because its type '{1}' is abstract. Please either use a static handler or specify a type that is not abstract.", method, type);
            if (method.IsGenericMethodDefinition)
                throw Invalid("The method '{0}' cannot be used as a Lambda Handler because it is a generic method. Handler methods cannot be generic. Please specify a non-generic handler method.", method);
            if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute), false))
                throw Invalid("The method '{0}' cannot be used as a Lambda Handler because it is an 'async void' method. Handler methods cannot be 'async void'. Please specify a method that is not 'async void'.", method);
        }

        private static LambdaValidationException Invalid(string form, params object[] values)
        {
            return new LambdaValidationException(string.Format(form, values));
        }
    }
}
