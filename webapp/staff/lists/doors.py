"""The doors of the lists together: views and columns, exports, bulk work."""

from webapp.staff.lists import bulk, exports, views

bp = views.bp
bp.register_blueprint(exports.bp)
bp.register_blueprint(bulk.bp)
