using System;
using System.IO;
using System.Reflection;

namespace Millrace.Bootstrap
{
    /// <summary>Assemblies of the package, and of layers, where the .NET that runs us does not find them by itself.</summary>
    internal static class PackageAssemblies
    {
        public static void LookIn(string taskRoot)
        {
            var folders = new[] { taskRoot, "/opt/dotnet", "/opt" };
            AppDomain.CurrentDomain.AssemblyResolve += (_, wanted) =>
            {
                var name = new AssemblyName(wanted.Name).Name;
                foreach (var folder in folders)
                    foreach (var ending in new[] { ".dll", ".exe" })
                    {
                        var file = Path.Combine(folder, name + ending);
                        if (File.Exists(file)) return Assembly.LoadFrom(file);
                    }
                return null;
            };
        }
    }
}
