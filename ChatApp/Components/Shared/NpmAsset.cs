using Microsoft.AspNetCore.Components;

namespace ChatApp.Components.Shared;

/// <summary>Files from npm, which a build without npm does not have (docs/decisions/0010-front-end-assets.md).</summary>
internal static class NpmAsset
{
    /// <summary>The address of a file; null where the build had none.</summary>
    /// <param name="path">Below wwwroot, such as <c>lib/katex/katex.min.js</c>.</param>
    public static string? FindNpm(this ResourceAssetCollection assets, string path) =>
        assets[path] is var address && address != path ? "/" + address : null;
}
