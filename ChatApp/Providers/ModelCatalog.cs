namespace ChatApp.Providers;

/// <summary>The callable models, from memory; picks up changes made by another process within two seconds, or on a miss.</summary>
public sealed class ModelCatalog
{
    /// <summary>
    /// The model at <paramref name="address"/> (<c>provider-slug/name</c>; the name may contain slashes), or the default model
    /// where it is null. Null when there is none, or its provider is disabled.
    /// </summary>
    /// <exception cref="Data.RequestProblem">The provider is there but can't be called: 503 with code missing_api_key.</exception>
    public ValueTask<ModelTarget?> FindAsync(string? address, CancellationToken cancellationToken) => throw new NotImplementedException();
}
